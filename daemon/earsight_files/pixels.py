"""Pixels of any kind that Pillow reads, as RGB of 8 bits."""

from __future__ import annotations

import numpy as np
from PIL import Image

GREY = (128, 128, 128)
"""What transparent parts become: nothing drawn in black or in white vanishes into it."""

_ROWS = 256
"""Rows that are worked on at once: wide numbers need eight times the memory of their picture."""
_INTEGER_WHITES = (255.0, 65535.0, 2.0**24 - 1, 2.0**31 - 1, 2.0**32 - 1)
_FLOAT_WHITES = (1.0, 255.0, 65535.0)
_OVERSHOOT = 16.0
"""Highlights of a picture in 0..1 go up to this at most; they are less than a hundredth of its pixels."""


def is_wide(image: Image.Image) -> bool:
    """Whether the pixels are grey values of more than 8 bits."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def narrowed(image: Image.Image, *, unsigned: bool = False, white: float | None = None) -> Image.Image:
    """Wide grey values as a picture of 8 bits (mode L).

    Args:
        image: Of mode I;16, I or F.
        unsigned: Whether the numbers of mode I have no sign; Pillow gives the upper half of them as negative.
        white: The value of white; None: no file says it, so the largest value tells.
    """
    values = np.asarray(image)
    if unsigned and image.mode == "I":
        values = values.view(np.uint32)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(np.uint8))
    scale = 255.0 / (white or _white(values))
    narrow = np.empty(values.shape, np.uint8)
    for row in range(0, len(values), _ROWS):
        finite = np.nan_to_num(values[row : row + _ROWS].astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        narrow[row : row + _ROWS] = (finite * scale).clip(0.0, 255.0)
    return Image.fromarray(narrow)


def _white(values: np.ndarray) -> float:
    if values.dtype.kind != "f":
        return next(white for white in _INTEGER_WHITES if int(values.max()) <= white)
    finite = values[np.isfinite(values)]
    largest = float(finite.max()) if finite.size else 0.0
    if 1.0 < largest <= _OVERSHOOT and np.percentile(finite, 99) <= 1.0:
        return 1.0
    return next((white for white in _FLOAT_WHITES if largest <= white), largest)


def without_palette(image: Image.Image) -> Image.Image:
    """The picture in a mode of which pixels can be averaged."""
    if image.mode in ("1", "P", "PA") or (image.mode in ("L", "RGB") and "transparency" in image.info):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def to_rgb(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", seen.size, GREY)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")
