"""Ticks that tell by their place in the stereo picture where something is."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from earsight.voice.earcons import RATE
from earsight.voice.sound import Sound

_PITCH = 1500.0
"""Hz: high enough to be told from speech, and for both ears to place it."""

_TICK_SECONDS, _DECAY_SECONDS = 0.03, 0.007

_PEAK = 0.8


def render_ticks(pan: float, interval: float, count: int) -> Sound:
    """Make ticks: stereo, at RATE, beginning with a tick and ending with the last one.

    Args:
        pan: From -1 on the left to 1 on the right, by constant power: a tick seems equally loud anywhere.
        interval: Seconds from one tick to the next.
        count: How many.
    """
    tick = _tick()
    step = max(len(tick), round(interval * RATE))
    mono = np.zeros((count - 1) * step + len(tick))
    for at in range(count):
        mono[at * step : at * step + len(tick)] = tick
    both = mono[:, None] * np.array(gains(pan)) * (_PEAK * np.iinfo(np.int16).max)
    return Sound(np.round(both).astype(np.int16), RATE)


def gains(pan: float) -> tuple[float, float]:
    """How loud the left and the right channel are: their squares add up to 1.

    Args:
        pan: From -1 on the left to 1 on the right.
    """
    angle = (pan + 1) * math.pi / 4
    return math.cos(angle), math.sin(angle)


@lru_cache(maxsize=1)
def _tick() -> np.ndarray:
    """One tick, mono, within -1..1."""
    at = np.arange(1, int(_TICK_SECONDS * RATE) + 1) / RATE
    wave = np.sin(2 * np.pi * _PITCH * at) * np.exp(-at / _DECAY_SECONDS)
    return np.asarray(wave / np.abs(wave).max())
