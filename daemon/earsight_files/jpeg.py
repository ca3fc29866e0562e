"""Which JPEGs can't be read although they are whole."""

from __future__ import annotations

from typing import BinaryIO

_BITS = 8
_LOSSLESS = {0xC3: "lossless", 0xC7: "lossless", 0xCB: "lossless", 0xCF: "lossless"}
_KINDS = _LOSSLESS | {0xC5: "hierarchical", 0xC6: "hierarchical", 0xCD: "hierarchical", 0xCE: "hierarchical"}
_ARITHMETIC = {0xC9: "arithmetic-coded", 0xCA: "arithmetic-coded"}
_FRAMES = {0xC0, 0xC1, 0xC2, *_KINDS, *_ARITHMETIC}


def rare_kind(file: BinaryIO) -> str | None:
    """What is rare about a JPEG that could not be decoded, such as "lossless"; None for an ordinary one."""
    file.seek(2)
    while True:
        marker = file.read(4)
        if len(marker) < 4 or marker[0] != 0xFF or marker[1] == 0xDA:
            return None
        length = int.from_bytes(marker[2:], "big")
        if marker[1] in _FRAMES:
            bits = file.read(1)
            kind = (_KINDS | _ARITHMETIC).get(marker[1])
            return kind or (f"{bits[0]}-bit" if bits and bits[0] != _BITS else None)
        file.seek(max(0, length - 2), 1)
