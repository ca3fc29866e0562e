"""Model bundles: the folder that training writes and the daemon reads.

A bundle holds manifest.json, two ONNX graphs, the vectors of the tokens and a tokenizer; docs/bundle.md
describes it.
Every file is checked against the manifest's sha256 before any of it is used.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from earsight.errors import CaptionerError

MANIFEST = "manifest.json"
NEEDED_FILES = frozenset({"encoder.onnx", "decoder.onnx", "tokens.npy", "tokenizer.json"})
SCENES = "scenes.npy"
"""Float (scenes, width): embeddings, of unit length, of the kinds of scenes that it was trained on."""
PROBE = "probe.npy"
"""Float (width + 1): weights and bias of a logistic regression from the embedding to the probability that
there is something in the picture."""
_MANIFEST_LIMIT = 1_000_000


class BundleError(CaptionerError):
    """A bundle that is missing, incomplete, damaged or of an unknown kind."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class ImageSettings(_Part):
    """How a picture becomes the encoder's input, a square of side pixels: see picture.py."""

    side: int = Field(ge=32, le=1024)
    fit: Literal["squash", "crop"]


class DecodeSettings(_Part):
    beams: int = Field(ge=1, le=64)
    max_tokens: int = Field(ge=1, le=512)
    end_token: int = Field(ge=0)
    no_repeat: int = Field(default=0, ge=0, le=64)


Feature = Literal["mean_log_prob", "lowest_log_prob", "tokens", "agreement", "familiarity"]
"""What a caption's confidence may be worked out from: see confidence.py."""


class Calibration(_Part):
    """Logistic regression from features, and from the words that are in a caption, to the probability that
    nothing is made up.

    order: how many nats of mean log-probability one of log-odds is worth when captions are put in order.
    """

    bias: float
    weights: dict[Feature, float]
    words: dict[str, float] = {}
    order: float = Field(default=0.0, ge=0)


Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Manifest(_Part):
    """What a bundle says of itself. Unknown keys are left to newer versions."""

    schema_version: Literal[2]
    name: str
    licence: str
    capabilities: tuple[Literal["caption"], ...]
    image: ImageSettings
    decode: DecodeSettings
    calibration: Calibration
    metrics: dict[str, float] = {}
    files: dict[str, Sha256]


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files were found whole."""

    folder: Path
    manifest: Manifest

    def path(self, name: str) -> Path:
        return self.folder / name


def bundle_folder(bundle: str) -> Path:
    """The folder that the configuration means: "builtin" or a path."""
    if bundle == "builtin":
        return Path(str(resources.files("earsight").joinpath("bundles", "builtin")))
    return Path(bundle).expanduser()


def read_manifest(folder: Path) -> Manifest:
    """Raises BundleError when there is no manifest or it does not fit."""
    path = folder / MANIFEST
    try:
        if _size_of_plain_file(path) > _MANIFEST_LIMIT:
            raise BundleError(f"{path}: larger than a manifest can be; copy the bundle again")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BundleError(
            f"{folder}: not a model bundle ({MANIFEST}: {error.strerror}); "
            "name the folder that `earsight-train export` wrote"
        ) from error
    except UnicodeDecodeError as error:
        raise BundleError(f"{path}: not text; copy the bundle again") from error
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(_printable(str(part)) for part in first["loc"]) or "the file"
        raise BundleError(
            f"{path}: {key}: {first['msg']}; copy the bundle again or export it anew"
        ) from error
    for name in (*NEEDED_FILES - set(manifest.files), *manifest.files):
        if name not in manifest.files:
            raise BundleError(f"{path}: files: {name} is not listed; export the bundle anew")
        if not name or Path(name).name != name or name.startswith(".") or not name.isprintable():
            raise BundleError(f"{path}: files: {name!r} is not a plain file name; export the bundle anew")
    return manifest


def _size_of_plain_file(path: Path) -> int:
    """Raises BundleError for a pipe, which could be read for ever, and a link, which leads elsewhere."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise BundleError(f"{path}: not a plain file; copy the bundle again, with its files instead of links")
    return status.st_size


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _sha256(path: Path) -> str:
    try:
        _size_of_plain_file(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}; copy the bundle again") from error


def open_bundle(folder: Path) -> Bundle:
    """Read the manifest and check every file's hash. Raises BundleError at the first that is not whole."""
    manifest = read_manifest(folder)
    for path in folder.glob("*.weights"):  # a graph reads its own without asking whether they are listed
        if path.name not in manifest.files:
            raise BundleError(
                f"{path}: not listed in {MANIFEST}, so it can't be checked; copy the bundle again"
            )
    for name, expected in manifest.files.items():
        if _sha256(folder / name) != expected:
            raise BundleError(
                f"{folder / name}: damaged (its sha256 is not the manifest's); copy the bundle again"
            )
    return Bundle(folder, manifest)
