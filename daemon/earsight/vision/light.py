"""How bright a picture is, and where the light comes from.

A camera sets its exposure by itself, as an eye does: what is lit well looks the same in a room and in the
street. So a picture is dark only where the camera can do no more, and very bright only where it can do no
less, or has not adjusted yet. What a picture does tell is where it is brighter than elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from earsight.scene import Direction
from earsight.vision.colour import LINEAR

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Of linear sRGB (ITU-R BT.709)."""
_SIDE = 96
"""Pixels a side that are looked at."""
_CLEARLY = 0.15
"""Lightness by which one third is clearly brighter than both others."""


class Brightness(StrEnum):
    """How bright a picture is, darkest first."""

    DARK = "dark"
    DIM = "dim"
    MEDIUM = "medium"
    BRIGHT = "bright"
    GLARING = "glaring"


_FROM = (
    (0.85, Brightness.GLARING),
    (0.68, Brightness.BRIGHT),
    (0.35, Brightness.MEDIUM),
    (0.15, Brightness.DIM),
)
"""Least lightness of each. Four in five photos by day and indoors are medium: docs/perception.md."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a picture.

    Attributes:
        lightness: Of the picture's mean luminance, 0..1 (CIE 1976 L*, divided by 100).
        brighter: The third that is clearly brighter than both others; None: no third is.
    """

    lightness: float
    brighter: Direction | None

    @property
    def brightness(self) -> Brightness:
        return next((level for least, level in _FROM if self.lightness >= least), Brightness.DARK)


def light_of(pixels: np.ndarray) -> Light:
    """Measure the light of a picture.

    Args:
        pixels: uint8 (height, width, 3), RGB.
    """
    rows, columns = (
        ((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(np.intp) for length in pixels.shape[:2]
    )
    luminance = LINEAR[pixels.take(rows, axis=0).take(columns, axis=1)] @ _LUMINANCE
    thirds = [lightness(float(third.mean())) for third in np.array_split(luminance, 3, axis=1)]
    order = np.argsort(thirds)
    is_clear = thirds[order[-1]] - thirds[order[-2]] >= _CLEARLY
    brighter = list(Direction)[int(order[-1])] if is_clear else None
    return Light(lightness(float(luminance.mean())), brighter)


def lightness(luminance: float) -> float:
    """How bright a luminance of 0..1 is to people, 0..1 (CIE 1976 L*, divided by 100)."""
    return max(0.0, 1.16 * luminance ** (1 / 3) - 0.16) if luminance > 0.008856 else 9.033 * luminance
