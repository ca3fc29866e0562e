"""Requests that bring no photo: each is a body, and the headers that it comes with."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

from PIL import Image

from earsight_server.settings import MEGABYTE
from tests.earsight.commands.conftest import png_chunk, png_header
from tests.photo_examples import CUT_OFF, DAMAGED, NOT_DOWNLOADED, UNSUPPORTED, colours, saved

BOUNDARY = b"0123456789"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
PICTURE = {"Content-Type": "image/jpeg"}

Body = Callable[[], bytes]


def part(content: bytes, disposition: bytes = b'form-data; name="image"; filename="a.jpg"') -> bytes:
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\n" + content + b"\r\n"


END = b"--" + BOUNDARY + b"--\r\n"


def photo() -> bytes:
    return saved(colours(), "jpeg")


def bomb() -> bytes:
    """A PNG of 256 megapixels in a few hundred kilobytes."""
    side = 16_000
    rows = zlib.compress(bytes(side // 8 + 1) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG whose note is 100 MB of text."""
    note = b"Comment\0\0" + zlib.compress(bytes(100 * MEGABYTE), 9)
    whole = saved(colours(), "png")
    return whole[:33] + png_chunk(b"zTXt", note) + whole[33:]


def huge_jpeg() -> bytes:
    return saved(Image.new("L", (10_100, 10_000), 90), "jpeg")


FORMS: Mapping[str, Body] = {
    "nothing": lambda: b"",
    "no part": lambda: END,
    "no end": lambda: part(photo()),
    "cut off in its head": lambda: part(photo())[:30],
    "another boundary": lambda: part(photo()).replace(BOUNDARY, b"abc"),
    "no name": lambda: part(photo(), b'form-data; filename="a.jpg"') + END,
    "another name": lambda: part(photo(), b'form-data; name="photo"; filename="a.jpg"') + END,
    "no file": lambda: part(photo(), b'form-data; name="image"') + END,
    "no file name": lambda: part(b"", b'form-data; name="image"; filename=""') + END,
    "an empty file": lambda: part(b"") + END,
    "two files": lambda: part(photo()) + part(photo()) + END,
    "10,001 files": lambda: part(b"x") * 10_001 + END,
    "10,001 fields": lambda: part(b"x", b'form-data; name="language"') * 10_001 + END,
    "a field of a megabyte": lambda: (
        part(bytes(MEGABYTE), b'form-data; name="language"') + part(photo()) + END
    ),
    "an endless head": lambda: part(photo(), b"form-data; " + b"a" * MEGABYTE) + END,
    "10,001 heads": lambda: b"--" + BOUNDARY + b"\r\n" + b"X-A: b\r\n" * 10_001 + b"\r\nx\r\n" + END,
    "nonsense": lambda: bytes(range(256)) * 40,
    "too large": lambda: part(bytes(20 * MEGABYTE + 200_000)) + END,
}
"""What is wrong with the form."""

PICTURES: Mapping[str, Body] = {
    "empty": lambda: b"",
    "a dot": lambda: saved(Image.new("RGB", (1, 1)), "png"),
    "text": lambda: b"This is not a photo.\n",
    "a page": lambda: b"<!DOCTYPE html><script>alert(1)</script>",
    "a path": lambda: b"../../../../etc/passwd",
    "a beginning": lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)),
    "100 megapixels of which there is nothing": lambda: png_header(10_000, 10_000),
    "2 billion megapixels": lambda: png_header(2**31 - 1, 2**31 - 1),
    "a bomb": bomb,
    "a bomb in its notes": text_bomb,
    "over 100 megapixels": huge_jpeg,
    "an archive": lambda: b"PK\x03\x04" + bytes(100),
    "a program": lambda: b"\x7fELF" + bytes(100),
    **CUT_OFF,
    **DAMAGED,
    **{name: lambda made=made: made()[0] for name, made in UNSUPPORTED.items()},  # type: ignore[misc]
    **{name: lambda made=made: made()[0] for name, made in NOT_DOWNLOADED.items()},  # type: ignore[misc]
}
"""What is wrong with the picture."""

FIELDS: Mapping[str, Body] = {
    "no text": lambda: part(b"\xff\xfe\0", b'form-data; name="language"') + part(photo()) + END,
    "unknown": lambda: part(b"x", b'form-data; name="colour"') + part(photo()) + END,
    "too long": lambda: part(b"x" * 5000, b'form-data; name="language"') + part(photo()) + END,
}
"""What is wrong beside a photo."""

TYPES: Mapping[str, Mapping[str, str]] = {
    "no type": {},
    "no boundary": {"Content-Type": "multipart/form-data"},
    "an empty boundary": {"Content-Type": "multipart/form-data; boundary="},
    "another form": {"Content-Type": "application/x-www-form-urlencoded"},
    "JSON": {"Content-Type": "application/json"},
    "no text": {"Content-Type": "multipart/form-data; boundary=\xff\xfe"},
}
"""What is wrong with the type of a form with a photo."""
