"""What the camera is pointed at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from tests.photo_examples import real_photos

_SIZE = (640, 480)


def photo(number: int = 0) -> Path:
    """One of the real photos, whose captions differ: 0 to 4."""
    return real_photos()[number]


def covered() -> Picture.Image:
    """A finger on the lens: hardly any light, and the sensor's noise."""
    noise = np.random.default_rng(1).normal((95, 65, 55), 4, (_SIZE[1], _SIZE[0], 3))
    return Picture.fromarray(noise.clip(0, 255).astype(np.uint8))


def wall() -> Picture.Image:
    """A grey wall close by."""
    noise = np.random.default_rng(3).normal(140, 4, (_SIZE[1], _SIZE[0], 3))
    return Picture.fromarray(noise.clip(0, 255).astype(np.uint8))


def dark() -> Picture.Image:
    noise = np.random.default_rng(2).normal(12, 5, (_SIZE[1], _SIZE[0], 3))
    return Picture.fromarray(noise.clip(0, 255).astype(np.uint8))


def black() -> Picture.Image:
    """A camera that delivers frames and has no picture."""
    return Picture.new("RGB", _SIZE)


def half(number: int = 0) -> Picture.Image:
    """A transfer that broke off: the rest is grey."""
    whole = Picture.open(photo(number)).convert("RGB").resize(_SIZE)
    whole.paste((128, 128, 128), (0, _SIZE[1] // 2, *_SIZE))
    return whole


def sign(*lines: str) -> Picture.Image:
    """Black letters on white, and the sensor's noise: what is easy to read."""
    noise = np.random.default_rng(4).normal(235, 4, (_SIZE[1], _SIZE[0], 3))
    picture = Picture.fromarray(noise.clip(0, 255).astype(np.uint8))
    for number, line in enumerate(lines):
        font = ImageFont.load_default(56)
        place = ((_SIZE[0] - font.getlength(line)) / 2, 60 + 100 * number)
        ImageDraw.Draw(picture).text(place, line, font=font, fill="black")
    return picture
