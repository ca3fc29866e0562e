"""What is sent of a picture: smaller, as JPEG, with nothing but pixels in it."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

_QUALITY = 85
_MIDDLE = 0.15
"""Share of the picture that the middle leaves out on each side."""


def jpeg(pixels: np.ndarray, side: int) -> bytes:
    """Turn a picture into a JPEG file.

    Args:
        pixels: uint8 (height, width, 3), RGB.
        side: Its longer side, in pixels, is at most this long in the file.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def middle(pixels: np.ndarray) -> np.ndarray:
    """The picture without its edges, uint8 (height, width, 3)."""
    height, width = pixels.shape[:2]
    top, left = int(_MIDDLE * height), int(_MIDDLE * width)
    return np.ascontiguousarray(pixels[top : height - top, left : width - left])
