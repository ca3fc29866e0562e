"""How a picture becomes the square that an encoder reads: by the ways that a bundle may name."""

from __future__ import annotations

import numpy as np
from PIL import Image

# Scaling what is even longer would take gigabytes, for a strip of which the crop keeps next to nothing.
_LONGEST_TIMES_SHORTEST = 100


def squashed(pixels: np.ndarray, side: int) -> np.ndarray:
    """Both sides of a picture, uint8 (height, width, 3), resized to side: its proportions are given up."""
    if pixels.shape[:2] == (side, side):
        return pixels
    # reducing_gap: a large frame is first shrunk by whole steps, which looks the same here and takes a
    # fraction of the time.
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image)


def cropped(pixels: np.ndarray, side: int) -> np.ndarray:
    """The shorter side of a picture, uint8 (height, width, 3), resized to side, and the middle cut out.

    As CLIP was trained (torchvision's Resize(side, BICUBIC) and CenterCrop(side) on Pillow's pictures), to
    the last bit: the longer side is rounded down, the crop's corner to the nearest even number of a tie.
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
    longest = _LONGEST_TIMES_SHORTEST * min(pixels.shape[:2])
    rows, columns = (
        slice(max(0, n - longest) // 2, max(0, n - longest) // 2 + longest) for n in pixels.shape[:2]
    )
    return pixels[rows, columns]
