"""Which TIFFs can't be read as photos although they are whole: raw files of cameras, rare compressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from PIL import TiffImagePlugin

_KIND, _BITS, _COMPRESSION, _PHOTOMETRIC, _MAKE, _SAMPLES = 254, 258, 259, 262, 271, 277
_PARTS, _NUMBERS, _DNG = 330, 339, 50706
_SENSOR = {32803, 34892}
"""Photometric interpretations of a sensor's own values, with one colour a pixel or all of them."""
_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34712: "JPEG 2000",
    34713: "Nikon's raw",
    34887: "LERC",
    34892: "lossy DNG",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_RARE = {32809, 34676, 34677, 34925, 50000, 50001}
"""Compressions that not every build of libtiff has; its errors don't tell this from damage."""
_FLOAT, _COMPLEX = 3, (5, 6)


def read_tags(file: BinaryIO) -> Mapping[int, Any]:
    """The tags of a TIFF's first picture. Raises whatever a broken file leads Pillow to."""
    file.seek(0)
    head = file.read(16)
    big = 0x2B in head[2:4]
    directory = TiffImagePlugin.ImageFileDirectory_v2(head[: 16 if big else 8])
    file.seek(directory.next)
    directory.load(file)
    return directory


def unsupported(tags: Mapping[int, Any]) -> str | None:
    """What a TIFF is that can't be read, by its tags; None for one that may be read.

    Some cameras' raw files have a thumbnail where other TIFFs have the picture: they are never read.
    """
    photometric = _one(tags, _PHOTOMETRIC)
    if _DNG in tags:
        return "a camera's raw file (DNG)"
    if photometric in _SENSOR or (_MAKE in tags and _PARTS in tags and int(_one(tags, _KIND) or 0) & 1):
        return "a camera's raw file"
    compression = _one(tags, _COMPRESSION) or 1
    if compression not in TiffImagePlugin.COMPRESSION_INFO:
        return f"a TIFF with {_COMPRESSIONS.get(compression, f'unknown ({compression})')} compression"
    return None


def undecodable(tags: Mapping[int, Any]) -> str | None:
    """As unsupported(), for a TIFF that Pillow could not make a picture of: what is rare in it, or None."""
    compression = _one(tags, _COMPRESSION) or 1
    if compression in _RARE:
        return f"a TIFF with {TiffImagePlugin.COMPRESSION_INFO[compression]} compression"
    return None


def layout(tags: Mapping[int, Any]) -> str:
    """The kind of a TIFF's pixels in words, for one whose pixels are of a kind that Pillow does not know."""
    number = _one(tags, _NUMBERS) or 1
    kind = "floating-point" if number == _FLOAT else "complex" if number in _COMPLEX else "whole"
    samples, bits = _one(tags, _SAMPLES) or 1, _one(tags, _BITS) or 1
    return f"a TIFF of {samples} {kind} number{'s' if samples > 1 else ''} of {bits} bits a pixel"


def is_unsigned(tags: Mapping[int, Any]) -> bool:
    """Whether the numbers of its pixels have no sign."""
    return (_one(tags, _NUMBERS) or 1) == 1


def white_is_zero(tags: Mapping[int, Any]) -> bool:
    return bool(_one(tags, _PHOTOMETRIC) == 0)


def _one(tags: Mapping[int, Any], tag: int) -> Any:
    value = tags.get(tag)
    return value[0] if isinstance(value, tuple) and value else value
