"""Opening model bundles: every file is checked against the manifest's SHA-256 before any of it is used.

docs/bundle.md describes the files, and earsight_bundle is that contract as code.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from earsight.bundles.capabilities import misfit
from earsight.errors import CaptionerError
from earsight_bundle.files import MANIFEST, is_plain_file_name
from earsight_bundle.manifest import MAX_MANIFEST_BYTES, Manifest


class BundleError(CaptionerError):
    """A bundle that is missing, incomplete, damaged or of an unknown kind."""


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files were found whole."""

    folder: Path
    manifest: Manifest

    def path(self, name: str) -> Path:
        return self.folder / name


BundleOpener = Callable[[Path], Bundle]
"""Opens the bundle in a folder, as open_bundle() does; once for all engines that run a part of it."""


def bundle_folder(bundle: str) -> Path:
    """The folder that the configuration means: "builtin" or a path."""
    if bundle == "builtin":
        return Path(str(resources.files("earsight").joinpath("bundles", "builtin")))
    return Path(bundle).expanduser()


def read_manifest(folder: Path) -> Manifest:
    """Raises BundleError when there is no manifest or it does not fit."""
    path = folder / MANIFEST
    try:
        if _size_of_plain_file(path) > MAX_MANIFEST_BYTES:
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
    if wrong := misfit(manifest):
        raise BundleError(f"{path}: {wrong}; export the bundle again")
    for name in manifest.files:
        if not is_plain_file_name(name):
            raise BundleError(f"{path}: files: {name!r} is not a plain file name; export the bundle again")
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
