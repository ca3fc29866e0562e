"""From a picture to the square that an encoder reads, in the ways that a bundle may name."""

from __future__ import annotations

import numpy as np
from PIL import Image

_LARGEST_RATIO = 100
"""Of the longer side to the shorter one. Scaling a longer strip would take gigabytes, and the crop keeps next
to nothing of it."""


def resized(pixels: np.ndarray, side: int) -> np.ndarray:
    """Resize both sides; the proportions are given up.

    Args:
        pixels: uint8 (height, width, 3).
        side: Pixels of each side of the square.

    Returns:
        uint8 (side, side, 3).
    """
    if pixels.shape[:2] == (side, side):
        return pixels
    # reducing_gap: a large frame is first shrunk by whole steps, which looks the same here and takes a
    # fraction of the time.
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image)


def resized_and_cropped(pixels: np.ndarray, side: int) -> np.ndarray:
    """Resize the shorter side, and cut out the middle.

    As CLIP was trained (torchvision's Resize(side, BICUBIC) and CenterCrop(side) on Pillow's pictures), to
    the last bit: the longer side is rounded down, the crop's corner to the nearest even number of a tie.

    Args:
        pixels: uint8 (height, width, 3).
        side: Pixels of each side of the square.

    Returns:
        uint8 (side, side, 3).
    """
    image = Image.fromarray(_not_too_long(pixels))
    shortest = min(image.size)
    width, height = (side * length // shortest for length in image.size)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = round((width - side) / 2), round((height - side) / 2)
    return np.asarray(image.crop((left, top, left + side, top + side)))


def _not_too_long(pixels: np.ndarray) -> np.ndarray:
    """The middle of a picture that is far longer than wide."""
    longest = _LARGEST_RATIO * min(pixels.shape[:2])
    rows, columns = (
        slice(max(0, n - longest) // 2, max(0, n - longest) // 2 + longest) for n in pixels.shape[:2]
    )
    return pixels[rows, columns]
