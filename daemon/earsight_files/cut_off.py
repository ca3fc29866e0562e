"""Whether the file of a picture ends before the picture does: it was not copied or downloaded whole."""

from __future__ import annotations

import os
from typing import BinaryIO

from earsight_files.tiff import read_tags

_TAIL = 65536
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 273, 279, 324, 325


def is_cut_off(file: BinaryIO) -> bool:
    """Judged by what each format says of its own size or end; of others, False.

    Args:
        file: A picture that could not be decoded, at any place.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(32)
    if head.startswith(b"\xff\xd8"):
        return _ends_without(file, size, b"\xff\xd9")
    if head.startswith(b"\x89PNG"):
        return _ends_without(file, size, b"IEND")
    if head.startswith(b"GIF8"):
        return _ends_without(file, size, b"\x3b")
    if head.startswith(b"RIFF"):
        return int.from_bytes(head[4:8], "little") + 8 > size
    if head.startswith(b"BM"):
        return int.from_bytes(head[2:6], "little") > size
    if head.startswith((b"II", b"MM")):
        return _tiff_is_cut_off(file, head, size)
    return False


def _ends_without(file: BinaryIO, size: int, end: bytes) -> bool:
    """Programs append all kinds of things to pictures: the end may be somewhat before the file's."""
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    if end == b"\x3b":
        return not tail.rstrip(b"\0").endswith(end)
    at = tail.rfind(end)
    # A thumbnail has an end of its own, before the first scan of the picture.
    return at < 0 or (end == b"\xff\xd9" and tail.rfind(b"\xff\xda") > at)


def _tiff_is_cut_off(file: BinaryIO, head: bytes, size: int) -> bool:
    try:
        directory = read_tags(file)
    except Exception:  # whatever a broken directory leads Pillow to
        order = "little" if head.startswith(b"II") else "big"
        return int.from_bytes(head[4:8], order) >= size  # type: ignore[arg-type]
    for places, sizes in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES)):
        begins, lengths = directory.get(places, ()), directory.get(sizes, ())
        if any(begin + length > size for begin, length in zip(begins, lengths, strict=False)):
            return True
    return False
