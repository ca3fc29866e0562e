"""Photo files: any common format in, an upright RGB array out, in bounded memory.

Two bounds keep the memory of a small board safe, both checked on the header before a pixel is decoded.
A baseline JPEG can be decoded at an eighth of its size, so a phone's 200 megapixels cost little; whatever
has to be decoded whole (other formats, progressive JPEG) is held to far less.
"""

from __future__ import annotations

import os
import stat
import struct
import threading
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from earsight.errors import EarsightError

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
MIN_SIDE = 16
"""Pixels; in less than this nothing can be told, and an answer would be invented."""
SHORT_SIDE = 720
"""Photos are brought down towards this (never under it), so that they are like a camera's frames."""
MAX_JPEG_MEGAPIXELS = 256
MAX_WHOLE_MEGAPIXELS = 20
MAX_WEBP_MEGAPIXELS = 12
"""Its decoder holds the picture three times."""
MAX_FILE_BYTES = 256 * 2**20

_GREY = (128, 128, 128)
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# One photo at a time: it bounds the memory, and Python's warning filters are shared by all threads.
_decoding = threading.Lock()


class PhotoError(EarsightError):
    """A file that can't be used as a photo."""


def load_photo(path: Path | str) -> np.ndarray:
    """The photo as uint8 (height, width, 3), RGB, upright, the array's own memory.

    The first picture of an animation. Transparent parts become mid-grey: nothing drawn in black or in white
    vanishes into it. A photo whose shorter side is at least twice SHORT_SIDE is averaged down by a whole
    factor. Raises PhotoError, one line with the file's name.
    """
    path = Path(path)
    name = _printable(path.name or str(path))
    with _open(path, name) as file, _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _identify(file, name) as image:
                _check_size(image, file, name)
                return _decode(image)
        except PhotoError:
            raise
        except (MemoryError, Image.DecompressionBombError):
            raise PhotoError(f"{name} needs more memory than a photo may have: make it smaller.") from None
        except Exception as error:  # decoders raise anything from SyntaxError to struct.error on broken files
            raise PhotoError(f"{name} is broken or cut off: copy it again. ({_one_line(error)})") from error


def list_photos(folder: Path | str) -> list[Path]:
    """The photos right in a folder, by their suffix, sorted by name, hidden files left out.

    Raises PhotoError when the folder can't be read.
    """
    folder = Path(folder)
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in PHOTO_SUFFIXES and not path.name.startswith(".") and path.is_file()
        )
    except OSError as error:
        name = _printable(str(folder))
        raise PhotoError(f"The folder {name} can't be read: {error.strerror or error}.") from error


def _open(path: Path, name: str) -> BinaryIO:
    try:
        # Not blocking: opening a named pipe would wait for its writer.
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # noqa: SIM115, PTH123
    except FileNotFoundError:
        raise PhotoError(f"There is no file {name}: check the path {_printable(str(path))}.") from None
    except PermissionError:
        raise PhotoError(f"{name} may not be read by this user: check its permissions.") from None
    except IsADirectoryError:
        raise PhotoError(f"{name} is a folder, not a photo: name a file in it.") from None
    except (OSError, ValueError) as error:
        raise PhotoError(f"{name} can't be opened: {_one_line(error)}.") from error
    try:
        _check_file(os.fstat(file.fileno()), name)
    except PhotoError:
        file.close()
        raise
    return file


def _check_file(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError(f"{name} is a device or pipe, not a photo file.")
    if status.st_size == 0:
        raise PhotoError(f"{name} is empty: copy it again.")
    if status.st_size > MAX_FILE_BYTES:
        size, most = status.st_size // 2**20, MAX_FILE_BYTES // 2**20
        raise PhotoError(
            f"{name} is a file of {size} MB, more than the {most} MB that a photo may have: make it smaller."
        )


def _identify(file: BinaryIO, name: str) -> ImageFile.ImageFile:
    """Read the header with the decoder that the first bytes call for.

    Not Image.open: it would try every format that Pillow knows, some of which start other programs, and its
    limit on pixels knows nothing of JPEG's decoding at a smaller scale.
    """
    head = file.read(16)
    file.seek(0)
    match head:
        case _ if head.startswith(b"\xff\xd8\xff"):
            return JpegImageFile(file)
        case _ if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return PngImageFile(file)
        case _ if head.startswith((b"GIF87a", b"GIF89a")):
            return GifImageFile(file)
        case _ if head.startswith(b"BM"):
            return BmpImageFile(file)
        case _ if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return WebPImageFile(file)
        case _ if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
            return TiffImageFile(file)
        case _ if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
            raise PhotoError(f"{name} is a HEIC or AVIF photo, which Earsight can't read: save it as JPEG.")
    raise PhotoError(f"{name} is not a photo: it holds no JPEG, PNG, WebP, BMP, GIF or TIFF picture.")


def _check_size(image: ImageFile.ImageFile, file: BinaryIO, name: str) -> None:
    width, height = image.size
    if min(width, height) < MIN_SIDE:
        raise PhotoError(
            f"{name} is too small to describe, {width} x {height} pixels: {MIN_SIDE} a side are needed."
        )
    megapixels = width * height / 1e6
    kind, most, remedy = image.format, MAX_WHOLE_MEGAPIXELS, "make it smaller, or save it as a baseline JPEG"
    if isinstance(image, WebPImageFile):
        most = MAX_WEBP_MEGAPIXELS
    elif isinstance(image, JpegImageFile) and _needs_whole_jpeg(image, file):
        kind = "progressive JPEG"
    elif isinstance(image, JpegImageFile):
        most, remedy = MAX_JPEG_MEGAPIXELS, "make it smaller"
    if megapixels > most:
        raise PhotoError(
            f"{name} has {megapixels:.0f} megapixels, more than the {most} that a {kind} may have: {remedy}."
        )


def _needs_whole_jpeg(image: JpegImageFile, file: BinaryIO) -> bool:
    """Whether the JPEG spreads its blocks over several scans, so that all of them must be held at once."""
    if "progressive" in image.info:
        return True
    # Pillow has stopped behind the header of the first scan: FF DA, length (2), components, 2 for each, 3.
    here = file.tell()
    file.seek(here - (8 + 2 * image.layers))
    scan = file.read(5)
    file.seek(here)
    return scan[:2] != b"\xff\xda" or scan[4] != image.layers


def _decode(image: ImageFile.ImageFile) -> np.ndarray:
    if isinstance(image, JpegImageFile):
        factor = _factor(image.size)
        image.draft(None, (image.width // factor, image.height // factor))
    image.load()
    upright = _UPRIGHT.get(_orientation(image))  # only now: Pillow itself turns TIFF and drops the note
    small = _to_rgb(_reduced(_plain(image)))
    return np.array(small if upright is None else small.transpose(upright))


def _orientation(image: ImageFile.ImageFile) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1  # broken notes about a photo are no reason to refuse the photo


def _factor(size: tuple[int, int]) -> int:
    return max(1, min(size) // SHORT_SIDE)


def _reduced(image: Image.Image) -> Image.Image:
    factor = _factor(image.size)
    return image.reduce(factor) if factor > 1 else image


def _plain(image: Image.Image) -> Image.Image:
    """The image in a mode that averages rightly: without a palette, values of 8 bits unless I or F."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("1", "P", "PA") or (image.mode in ("L", "RGB") and "transparency" in image.info):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F"):
        return Image.fromarray(_eight_bits(np.asarray(image, np.float32))).convert("RGB")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", seen.size, _GREY)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Wide grey values, (h, w) float32, as uint8. No file says what its white is: the largest value tells."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(values.max())
    white = next((white for white in (1.0, 255.0, 65535.0) if largest <= white), largest)
    return (values.clip(0.0) * (255.0 / white)).astype(np.uint8)


def _printable(text: str) -> str:
    """A name for a one-line message: file names may hold line breaks and bytes that are no text."""
    text = os.fsencode(text).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _one_line(error: Exception) -> str:
    return _printable(str(error) or type(error).__name__)
