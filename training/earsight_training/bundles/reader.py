"""What training asks of a bundle: its manifest, and what the model was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from earsight_bundle.files import MANIFEST, TRAINED_ON
from earsight_bundle.manifest import Manifest
from earsight_training.data.fingerprints import LENGTH
from earsight_training.errors import TrainingError


class BundleError(TrainingError):
    """A folder that is no bundle, or a damaged one."""


@dataclass(frozen=True)
class BundleAbout:
    """What a bundle says of itself.

    Attributes:
        manifest: Its manifest.
        trained_on: Fingerprints of the photos that the model was trained on, uint8 (photos, LENGTH); None
            where it does not say.
    """

    manifest: Manifest
    trained_on: np.ndarray | None


def require_language(folder: Path, manifest: Manifest, language: str | None) -> None:
    """Refuse a language that a bundle does not caption in.

    Args:
        folder: The bundle's, for the message.
        manifest: Its manifest.
        language: Code; None: the bundle's first one.

    Raises:
        BundleError: The bundle does not have it.
    """
    if language not in (None, *manifest.codes):
        raise BundleError(f"{folder}: no captions in {language}; it has {', '.join(manifest.codes)}")


def read_bundle(folder: Path) -> BundleAbout:
    """Read what a bundle says of itself; its networks are left to the daemon.

    Args:
        folder: The bundle's.

    Raises:
        BundleError: It is no bundle, or damaged.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleError(
            f"{folder}: not a model bundle ({MANIFEST}: {error.strerror}); name the folder that"
            " `earsight-train export` wrote"
        ) from error
    except (UnicodeDecodeError, ValidationError) as error:
        raise BundleError(f"{folder / MANIFEST}: damaged, or of another version; export it anew") from error
    if TRAINED_ON not in manifest.files:
        return BundleAbout(manifest, None)
    try:
        trained_on = np.load(folder / TRAINED_ON)
    except (OSError, ValueError, EOFError) as error:
        raise BundleError(f"{folder / TRAINED_ON}: missing or damaged; copy the bundle again") from error
    if trained_on.dtype != np.uint8 or trained_on.ndim != 2 or trained_on.shape[1] != LENGTH:
        raise BundleError(f"{folder / TRAINED_ON}: no fingerprints of photos; export the bundle anew")
    return BundleAbout(manifest, trained_on)
