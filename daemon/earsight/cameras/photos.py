"""Photos for the device: from a file, or a folder of them. How a file is read: earsight_files/photos.py."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from earsight.errors import EarsightError
from earsight_files.photos import PhotoFileError, decode_photo, read_photo
from earsight_files.text import printable

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
# One photo at a time: it bounds the memory, and Python's warning filters are shared by all threads.
_decoding = threading.Lock()


class PhotoError(EarsightError):
    """A file that can't be used as a photo."""


def load_photo(path: Path | str) -> np.ndarray:
    """Read a photo: see earsight_files.photos.read_photo().

    Returns:
        uint8 (height, width, 3), RGB, upright, the array's own memory.

    Raises:
        PhotoError: one line with the file's name.
    """
    path = Path(path)
    return _loaded(partial(read_photo, path), printable(path.name or str(path)))


def load_photo_bytes(data: bytes, most_megapixels: float) -> np.ndarray:
    """Read a photo that came without a file: see earsight_files.photos.decode_photo().

    Raises:
        PhotoError: one line that begins with "The picture".
    """
    if not data:
        raise PhotoError("The picture is empty: send it again.")
    return _loaded(lambda: decode_photo(io.BytesIO(data), most_megapixels), "The picture")


def _loaded(read: Callable[[], np.ndarray], name: str) -> np.ndarray:
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except PhotoFileError as error:
            raise PhotoError(f"{name} {error.reason}") from error


@dataclass(frozen=True)
class PhotoFolder:
    """What is right in a folder.

    Attributes:
        photos: Photos by their suffix, sorted by name.
        others: Other files, sorted by name; neither hidden ones nor folders.
    """

    photos: list[Path]
    others: list[Path]


def list_folder(folder: Path | str) -> PhotoFolder:
    """Look through a folder, not through the folders in it.

    Raises:
        PhotoError: the folder can't be read.
    """
    folder = Path(folder)
    try:
        files = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())
    except OSError as error:
        raise PhotoError(
            f"The folder {printable(str(folder))} can't be read: {error.strerror or error}."
        ) from error
    photos = [path for path in files if path.suffix.lower() in PHOTO_SUFFIXES]
    return PhotoFolder(photos, [path for path in files if path not in set(photos)])


def list_photos(folder: Path | str) -> list[Path]:
    """The photos right in a folder, by their suffix, sorted by name, hidden files left out.

    Raises:
        PhotoError: the folder can't be read.
    """
    return list_folder(folder).photos
