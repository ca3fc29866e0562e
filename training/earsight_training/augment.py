"""What a head-worn camera does to a picture: crops, light, colour, blur. Never a flip (see distill.py)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter


def jitter(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Random brightness, contrast and saturation, and now and then a blur."""
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(float(rng.uniform(0.6, 1.4)))
    if rng.random() < 0.1:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.2))))
    return image


def random_box(rng: np.random.Generator, least_area: float) -> tuple[float, float, float, float]:
    """A crop (left, top, right, bottom in 0..1) of at least least_area of the picture."""
    area = rng.uniform(least_area, 1.0)
    ratio = np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3)))
    width, height = min(np.sqrt(area * ratio), 1.0), min(np.sqrt(area / ratio), 1.0)
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return float(left), float(top), float(left + width), float(top + height)


def view(rgb: np.ndarray, box: tuple[float, ...], side: int, rng: np.random.Generator) -> np.ndarray:
    """A jittered crop. rgb: uint8 (height, width, 3); returns uint8 (side, side, 3)."""
    height, width = rgb.shape[:2]
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    image = Image.fromarray(rgb).resize((side, side), Image.Resampling.BILINEAR, box=pixels)
    return np.asarray(jitter(image, rng))
