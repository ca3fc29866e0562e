"""Photo files: any common format in, an upright RGB array out, in bounded memory.

Two bounds keep the memory of a small board safe, both checked on the header before a pixel is decoded.
A baseline JPEG can be decoded at an eighth of its size, so a phone's 200 megapixels cost little; whatever
has to be decoded whole (other formats, progressive JPEG) is held to far less.

Training has the same bounds: what a device can't describe, it should not be trained on or judged by.
"""

from __future__ import annotations

import os
import stat
import struct
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageFile, ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from earsight_files import tiff
from earsight_files.cut_off import is_cut_off
from earsight_files.jpeg import rare_kind as rare_jpeg
from earsight_files.pixels import is_wide, narrowed, to_rgb, without_palette
from earsight_files.signatures import HEAD, foreign_picture, not_downloaded, server_message
from earsight_files.text import printable

MIN_SIDE = 16
"""Pixels; in less than this nothing can be told, and an answer would be invented."""
SHORT_SIDE = 720
"""Photos are brought down towards this (never under it), so that they are like a camera's frames."""
MAX_JPEG_MEGAPIXELS = 256
MAX_WHOLE_MEGAPIXELS = 20
MAX_WEBP_MEGAPIXELS = 12
"""Its decoder holds the picture three times."""
MAX_FILE_BYTES = 256 * 2**20

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
# Pillow warns of odd notes in photos, through filters that all threads share.
warnings.filterwarnings("ignore", module=r"PIL\.")


class PhotoFileError(Exception):
    """A file that can't be used as a photo: missing, damaged, not whole, of another kind, too large.

    Attributes:
        reason: Goes on after the name of the file: "is empty: copy it again."
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_photo(path: Path) -> np.ndarray:
    """The photo as uint8 (height, width, 3), RGB, upright, the array's own memory.

    The first picture of an animation. Transparent parts become mid-grey. Grey values of more than 8 bits are
    brought down to 8. A photo whose shorter side is at least twice SHORT_SIDE is averaged down by a whole
    factor.

    Raises:
        PhotoFileError: the file can't be used; the reason is one line.
    """
    with _open(path) as file:
        return decode_photo(file)


def decode_photo(file: BinaryIO, most_megapixels: float = MAX_JPEG_MEGAPIXELS) -> np.ndarray:
    """The photo in an open file, as read_photo() has it. The file stays open.

    Args:
        file: At its beginning; it can be read from any place.
        most_megapixels: That a photo of any kind may have; some kinds may have fewer.

    Raises:
        PhotoFileError: it can't be used; the reason is one line.
    """
    image = None
    try:
        image = _identify(file)
        _check_size(image, file, most_megapixels)
        return _decode(image)
    except PhotoFileError:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise PhotoFileError("needs more memory than a photo may have: make it smaller.") from None
    except Exception as error:  # decoders raise anything from SyntaxError to struct.error on broken files
        raise PhotoFileError(_what_is_wrong(file, image, error)) from error
    finally:
        if image is not None:
            image.close()


def _open(path: Path) -> BinaryIO:
    try:
        # Not blocking: opening a named pipe would wait for its writer.
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # noqa: SIM115, PTH123
    except FileNotFoundError:
        if path.is_symlink() and ".git/annex/objects" in str(path.readlink()):
            raise PhotoFileError("is in git-annex, and not here: run `git annex get`.") from None
        raise PhotoFileError(f"is not there: check the path {printable(str(path))}.") from None
    except PermissionError:
        raise PhotoFileError("may not be read by this user: check its permissions.") from None
    except IsADirectoryError:
        raise PhotoFileError("is a folder, not a photo: name a file in it.") from None
    except (OSError, ValueError) as error:
        raise PhotoFileError(f"can't be opened: {_one_line(error)}.") from error
    try:
        _check_file(os.fstat(file.fileno()))
    except PhotoFileError:
        file.close()
        raise
    return file


def _check_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PhotoFileError("is a device or pipe, not a photo file.")
    if status.st_size == 0:
        raise PhotoFileError("is empty: copy it again.")
    if status.st_size > MAX_FILE_BYTES:
        size, most = status.st_size // 2**20, MAX_FILE_BYTES // 2**20
        raise PhotoFileError(
            f"is a file of {size} MB, more than the {most} MB that a photo may have: make it smaller."
        )


def _identify(file: BinaryIO) -> ImageFile.ImageFile:
    """Read the header with the decoder that the first bytes call for.

    Not Image.open: it would try every format that Pillow knows, some of which start other programs, and its
    limit on pixels knows nothing of JPEG's decoding at a smaller scale.
    """
    head = file.read(HEAD)
    file.seek(0)
    known = foreign_picture(head) if head[:2] in (b"II", b"MM") or head[:4] == b"\xff\xd8\xff\xf7" else None
    match head:
        case _ if known:
            pass
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
            return _identify_tiff(file)
    stand_in = not_downloaded(head)
    if stand_in:
        raise PhotoFileError(f"is {stand_in.what}: {stand_in.remedy}.")
    known = known or foreign_picture(head)
    if known:
        remedy = f": {known.remedy}" if known.remedy else ""
        raise PhotoFileError(f"is {known.what}, which Earsight can't read{remedy}.")
    message = server_message(head)
    if message:
        raise PhotoFileError(f"is {message.what}, not a photo: {message.remedy}.")
    raise PhotoFileError("is not a photo: it holds no JPEG, PNG, WebP, BMP, GIF or TIFF picture.")


def _identify_tiff(file: BinaryIO) -> TiffImageFile:
    tags = tiff.read_tags(file)
    kind = tiff.unsupported(tags)
    if kind is None:
        file.seek(0)
        try:
            return TiffImageFile(file)
        except SyntaxError as error:
            if "unknown pixel mode" not in str(error) and "unknown data organization" not in str(error):
                raise
            kind = tiff.layout(tags)
    raise PhotoFileError(f"is {kind}, which Earsight can't read: save it as JPEG.")


def _check_size(image: ImageFile.ImageFile, file: BinaryIO, most_megapixels: float) -> None:
    width, height = image.size
    if min(width, height) < MIN_SIDE:
        raise PhotoFileError(
            f"is too small to describe, {width} x {height} pixels: {MIN_SIDE} a side are needed."
        )
    megapixels = width * height / 1e6
    kind, most, remedy = image.format, MAX_WHOLE_MEGAPIXELS, "make it smaller, or save it as a baseline JPEG"
    if isinstance(image, WebPImageFile):
        most = MAX_WEBP_MEGAPIXELS
    elif isinstance(image, JpegImageFile) and _needs_whole_jpeg(image, file):
        kind = "progressive JPEG"
    elif isinstance(image, JpegImageFile):
        most, remedy = MAX_JPEG_MEGAPIXELS, "make it smaller"
    allowed = min(most, most_megapixels)
    if megapixels > allowed:
        raise PhotoFileError(
            f"has {megapixels:.0f} megapixels, more than the {allowed:g} that a {kind} may have: {remedy}."
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
    small = to_rgb(_reduced(_plain(image)))
    return np.array(small if upright is None else small.transpose(upright))


def _plain(image: ImageFile.ImageFile) -> Image.Image:
    if not is_wide(image):
        return without_palette(image)
    tags: Any = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    white = 65535.0 if isinstance(image, PngImageFile) else None
    narrow = narrowed(image, unsigned=tiff.is_unsigned(tags), white=white)
    return ImageOps.invert(narrow) if tiff.white_is_zero(tags) else narrow


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


def _what_is_wrong(file: BinaryIO, image: ImageFile.ImageFile | None, error: Exception) -> str:
    """Why a file that begins as a photo could not be decoded."""
    if is_cut_off(file):
        size = file.seek(0, os.SEEK_END)
        return f"is cut off after {size:,} bytes: it was not copied or downloaded whole; do so again."
    kind = _rare_kind(file, image, error)
    if kind is not None:
        return f"is {kind}, which Earsight can't read: save it as JPEG."
    return f"is damaged: copy it again. ({_one_line(error)})"


def _rare_kind(file: BinaryIO, image: ImageFile.ImageFile | None, error: Exception) -> str | None:
    """What a picture is that is whole, but of a kind that Pillow can't decode, or not everywhere."""
    if isinstance(image, TiffImageFile):
        return tiff.undecodable(image.tag_v2) or (
            f"a TIFF of the colours {image.mode}" if str(error).startswith("conversion from") else None
        )
    file.seek(0)
    if file.read(2) == b"\xff\xd8":
        kind = rare_jpeg(file)
        return kind and f"a JPEG of a rare kind ({kind})"
    return None


def _one_line(error: Exception) -> str:
    return printable(str(error) or type(error).__name__)
