"""Photos as networks read them: squashed to squares, as the device squashes its frames."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import sched_getaffinity
from pathlib import Path

import numpy as np
from PIL import Image

from earsight_training.data.datasets import CaptionedPhoto, open_upright


def load_images(photos: Sequence[CaptionedPhoto], side: int) -> np.ndarray:
    """Read photos, squashed to squares.

    Args:
        photos: To read.
        side: Pixels of the squares.

    Returns:
        uint8 (photos, side, side, 3), RGB.

    Raises:
        DatasetError: A device refuses a photo.
    """
    return read_squashed([photo.path for photo in photos], side)


def read_squashed(paths: Sequence[Path], side: int) -> np.ndarray:
    """Read photos by several threads, squashed to squares.

    Args:
        paths: Of their files.
        side: Pixels of the squares.

    Returns:
        uint8 (photos, side, side, 3), RGB.

    Raises:
        DatasetError: A device refuses a photo.
    """
    pixels = np.empty((len(paths), side, side, 3), np.uint8)

    def read(index: int) -> None:
        pixels[index] = _squashed(np.asarray(open_upright(paths[index])), side)

    with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
        for _ in pool.map(read, range(len(paths))):
            pass
    return pixels


def _squashed(rgb: np.ndarray, side: int) -> np.ndarray:
    if rgb.shape[:2] == (side, side):
        return rgb
    return np.asarray(Image.fromarray(rgb).resize((side, side), Image.Resampling.BILINEAR))
