"""Photos to send: such as a device's engine `server` sends, all of them different."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from earsight.cameras.photos import load_photo
from earsight.cameras.replay import demo_photos
from earsight.captioners.remote.picture import jpeg
from earsight.config.remote import RemoteSection

SIDE = int(RemoteSection.model_fields["side"].default)
"""Pixels of their longer side."""
_LEAST = 0.7
"""Share of a photo's width and height that is shown at least."""


def write_pictures(folder: Path, count: int, sides: tuple[int, ...] = (SIDE,)) -> None:
    """Write details of the demo photos, chosen at random, as JPEG files.

    Args:
        folder: Where.
        count: Of the files.
        sides: Pixels of their longer side, by turns. A photo is not enlarged.
    """
    photos = [load_photo(path) for path in demo_photos()]
    chance = np.random.default_rng(4)
    for number in range(count):
        detail = _detail(photos[number % len(photos)], chance)
        (folder / f"{number:05}.jpg").write_bytes(jpeg(detail, sides[number % len(sides)]))


def _detail(photo: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    height, width = (round(side * chance.uniform(_LEAST, 1)) for side in photo.shape[:2])
    top, left = (chance.integers(0, room + 1) for room in np.subtract(photo.shape[:2], (height, width)))
    return np.ascontiguousarray(photo[top : top + height, left : left + width])
