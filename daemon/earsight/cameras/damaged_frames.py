"""Damaged frames: black ones, and those that end in a grey field.

They must not be described: half of a scene gives wrong words. A single one is dropped. If nothing else comes,
the camera does not work, or has no light.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from earsight.cameras.source import BlackPictures, CameraError
from earsight.system import time_limits

_SHADOW, _GLARE = 32, 223
"""Grey levels outside which a part of a real picture may be of one colour. In video of limited range black is
16 and white 235."""
_BLACK = "black pictures"


def damage(pixels: np.ndarray) -> str | None:
    """Find out whether a frame is damaged.

    A sensor's noise is in every part of a real picture, even in the dark. So a frame of a single colour was
    never taken, unless it is burnt out; and where a transfer broke off, the rest is filled with a single
    colour (libjpeg's is grey, that of zeros in YUV is green).

    Args:
        pixels: uint8 (height, width, 3).

    Returns:
        What is wrong, as the end of a sentence; None for a whole frame.
    """
    colour = pixels[-1, -1]
    if (pixels[-1] != colour).any():  # nearly always
        return None
    if (pixels == colour).all():
        if colour.max() < _SHADOW:
            return _BLACK
        return None if colour.min() > _GLARE else "pictures of a single colour"
    lower_quarter = pixels[-max(1, len(pixels) // 4) :]
    if (lower_quarter == colour).all() and colour.max() >= _SHADOW and colour.min() <= _GLARE:
        return "pictures whose lower part is missing"
    return None


def read_undamaged(read: Callable[[], np.ndarray | None]) -> np.ndarray | None:
    """Read the next frame that is not damaged.

    Args:
        read: Returns a frame, or None for one that was lost on the way. Its errors are passed on.

    Returns:
        The frame; None if none came within time_limits.DAMAGED_FRAMES.

    Raises:
        BlackPictures: Only black ones came.
        CameraError: Only damaged ones came.
    """
    deadline = time.monotonic() + time_limits.DAMAGED_FRAMES
    while True:
        pixels = read()
        wrong = damage(pixels) if pixels is not None else None
        if pixels is not None and wrong is None:
            return pixels
        if time.monotonic() >= deadline:
            if wrong is None:
                return None
            kind = BlackPictures if wrong is _BLACK else CameraError
            raise kind(f"The camera gives only {wrong}: check its cable and its lens cap.")
        time.sleep(time_limits.DAMAGED_FRAME_PAUSE)
