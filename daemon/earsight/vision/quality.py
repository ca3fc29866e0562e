"""Is the picture good enough to be described? Finds dark, overexposed, covered, plain and blurred ones.

Everything is measured on a small grey picture, resized to a square as the model sees it, so that the limits
hold for every camera. How they were chosen, and what they catch: docs/perception.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earsight.scene import Frame, Problem

SIDE = 160
"""Pixels a side of the grey picture."""
_BURNT = 250
_SKIN = 1.25
"""Red against green and blue, on average, from which one colour is that of a finger. Walls are paler."""
_DAYLIGHT_CONTRAST = 100.0
"""Grey levels between the darkest and brightest 2 % that 99 of 100 photos have."""


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where a picture becomes a problem. Grey levels are 0..255.

    Attributes:
        dark: Grey level that even the brightest 2 % of a dark picture do not reach.
        overexposed: Share of the picture, 0..1, that is burnt out.
        covered: Least difference of grey levels between the darkest and the brightest 2 %. What has less is
            one surface: a finger where it has the colour of skin; otherwise it may be a wall as well.
        blurred: Least sharpness() of a picture with the contrast of daylight; in proportion of a dimmer one,
            since its edges are weaker too.
    """

    dark: float = 50.0
    overexposed: float = 0.75
    covered: float = 40.0
    blurred: float = 20.0


def assess(frame: Frame, limits: QualityLimits) -> Problem | None:
    """Find out what is wrong with a picture.

    Returns:
        The first problem in the order DARK, OVEREXPOSED, COVERED or PLAIN, BLURRED, the cause before its
        effects; None for a good picture.
    """
    grey = _grey(frame.pixels)
    darkest, brightest = np.percentile(grey, (2, 98))
    if brightest < limits.dark:
        return Problem.DARK
    if np.mean(grey >= _BURNT) > limits.overexposed:
        return Problem.OVEREXPOSED
    contrast = brightest - darkest
    if contrast < limits.covered:
        return Problem.COVERED if _has_colour_of_skin(frame.pixels) else Problem.PLAIN
    if _sharpness(grey) < limits.blurred * min(1.0, contrast / _DAYLIGHT_CONTRAST):
        return Problem.BLURRED
    return None


def sharpness(pixels: np.ndarray) -> float:
    """Measure how sharp the sharpest edges are, to compare pictures of one scene.

    Args:
        pixels: uint8 (height, width, 3), RGB, at least 3 pixels a side.

    Returns:
        Grey levels, 0 to about 500.
    """
    return _sharpness(_grey(pixels))


def _grey(pixels: np.ndarray) -> np.ndarray:
    """float32 luma (SIDE, SIDE), or less for a smaller picture. Four samples a cell are averaged: against a
    full average that costs a tenth, against one sample it halves the sensor's noise."""
    rows, columns = _samples(pixels.shape[0]), _samples(pixels.shape[1])
    rgb = pixels.take(rows, axis=0).take(columns, axis=1).astype(np.uint16)
    luma = (77 * rgb[..., 0] + 150 * rgb[..., 1] + 29 * rgb[..., 2]) >> 2
    cells: np.ndarray = luma[::2, ::2] + luma[1::2, ::2] + luma[::2, 1::2] + luma[1::2, 1::2]
    grey: np.ndarray = cells.astype(np.float32)
    return grey / 256


def _has_colour_of_skin(pixels: np.ndarray) -> bool:
    rows, columns = _samples(pixels.shape[0]), _samples(pixels.shape[1])
    red, green, blue = pixels.take(rows, axis=0).take(columns, axis=1).mean(axis=(0, 1))
    return bool(red > _SKIN * max(green, blue))


def _samples(length: int) -> np.ndarray:
    count = 2 * min(SIDE, length)
    return ((np.arange(count) + 0.5) * length / count).astype(np.intp)


def _sharpness(grey: np.ndarray) -> float:
    """The 99th percentile of the second difference, in the direction where it is least: a hand's shake leaves
    the edges along its own direction sharp."""
    middle = 2 * grey[1:-1, 1:-1]
    bends = (
        grey[1:-1, 2:] + grey[1:-1, :-2] - middle,
        grey[2:, 1:-1] + grey[:-2, 1:-1] - middle,
        grey[2:, 2:] + grey[:-2, :-2] - middle,
        grey[2:, :-2] + grey[:-2, 2:] - middle,
    )
    rank = int(0.99 * (middle.size - 1))
    return min(float(np.partition(np.abs(bend), rank, axis=None)[rank]) for bend in bends)
