"""What a head-worn camera does to an image: crops, light, colour, blur. Never a flip (see distill.py)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

LOG_RATIOS = float(np.log(3 / 4)), float(np.log(4 / 3))
"""Least and greatest logarithm of a crop's width to its height."""


def jitter(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Change brightness, contrast and saturation at random, and blur now and then.

    Args:
        image: RGB.
        rng: Draws the changes.
    """
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(float(rng.uniform(0.6, 1.4)))
    if rng.random() < 0.1:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.2))))
    return image


def crop_boxes(
    area: np.ndarray, log_ratio: np.ndarray, across: np.ndarray, down: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compute crops from what was drawn. All arrays have the same shape.

    Args:
        area: Share of the image, less where a side would be longer than the image's.
        log_ratio: Logarithm of width to height.
        across: 0 to 1, where the box lies in the room that is left of its width.
        down: The same of its height.

    Returns:
        Left, top, right and bottom, in 0 to 1 of the image.
    """
    ratio = np.exp(log_ratio)
    width, height = np.minimum(np.sqrt(area * ratio), 1.0), np.minimum(np.sqrt(area / ratio), 1.0)
    left, top = across * (1 - width), down * (1 - height)
    return left, top, left + width, top + height


def random_box(rng: np.random.Generator, least_area: float) -> tuple[float, ...]:
    """Draw a crop.

    Args:
        rng: Draws it.
        least_area: Share of the image, 0 to 1, that it has about, or more.

    Returns:
        Left, top, right, bottom in 0 to 1.
    """
    drawn = (rng.uniform(least_area, 1.0), rng.uniform(*LOG_RATIOS), rng.random(), rng.random())
    return tuple(float(edge) for edge in crop_boxes(*(np.asarray(value) for value in drawn)))


def view(rgb: np.ndarray, box: tuple[float, ...], side: int, rng: np.random.Generator) -> np.ndarray:
    """Make a jittered crop.

    Args:
        rgb: uint8 (height, width, 3).
        box: Left, top, right, bottom in 0 to 1.
        side: Pixels of the result's side.
        rng: Draws the jitter.

    Returns:
        uint8 (side, side, 3).
    """
    height, width = rgb.shape[:2]
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    image = Image.fromarray(rgb).resize((side, side), Image.Resampling.BILINEAR, box=pixels)
    return np.asarray(jitter(image, rng))
