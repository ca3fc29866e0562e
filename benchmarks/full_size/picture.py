"""The image that is captioned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 640, 480


def load_picture(photo: str | None) -> np.ndarray:
    """Load a photo, or generate an image of a camera's size. Random weights see nothing in either, and take
    as long.

    Args:
        photo: A file; None generates an image.

    Returns:
        uint8 (height, width, 3).
    """
    if photo is not None:
        from earsight.cameras.photos import load_photo

        return load_photo(Path(photo))
    chance = np.random.default_rng(1)
    total = np.zeros((HEIGHT, WIDTH, 3))
    for cells in (2, 5, 11, 40):  # structure of every size, as photos have
        noise = Image.fromarray(chance.integers(0, 256, (cells, cells, 3), np.uint8))
        total += np.asarray(noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)) / cells
    total -= total.min()
    pixels: np.ndarray = (total * 255 / total.max()).astype(np.uint8)
    return pixels
