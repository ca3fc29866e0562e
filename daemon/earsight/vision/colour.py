"""Which basic colour a part of a picture has.

Colours are judged pixel by pixel in Oklab, where hue, chroma and lightness are those that people see: Björn
Ottosson, "A perceptual color space for image processing" (2020). How the limits below were found, and how
often the names are right: docs/perception.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from earsight.scene import Box, Colour, ColourName, DetectedObject, Shade

MIDDLE = Box(0.4, 0.4, 0.6, 0.6)
"""What counts as the middle of a picture."""

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_LEVELS = np.arange(256) / 255
LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""float32 (256,): the light, 0..1, of each grey level of sRGB (IEC 61966-2-1)."""

_SIDE = 64
"""Pixels a side that are looked at, of the picture and of the part."""

_WHITE_AT = 0.95
"""Oklab lightness that the brightest 3 % of a picture are taken to have."""
_BRIGHTEN = 1.15
"""A picture is taken for at most that much brighter than it is."""
_TOO_DARK = 0.33
"""Oklab lightness that the brightest 3 % of a picture need for colours to be told: grey level 52."""
_LEAST_SHARE = 0.5
"""Of a part that has to have one colour."""

_NO_HUE = 0.032
"""Chroma below which a colour is black, grey or white."""
_BLACK, _BLACK_CHROMA = 0.28, 0.08
_WHITE = 0.78
_COLOURLESS_WEIGHT = 0.5
"""What pixels without a hue count: shadows, gloss and windows are on things of any colour."""

_NAMES = tuple(ColourName)
_COLOURLESS = [_NAMES.index(name) for name in (ColourName.BLACK, ColourName.WHITE, ColourName.GREY)]
_SHADES: dict[ColourName, tuple[float, float]] = {
    ColourName.GREY: (0.45, 0.68),
    ColourName.RED: (0.42, 1.01),
    ColourName.GREEN: (0.45, 0.78),
    ColourName.BLUE: (0.40, 0.70),
    ColourName.PURPLE: (0.38, 0.68),
    ColourName.BROWN: (0.38, 0.62),
}
"""Oklab lightness up to which a colour is dark, and from which it is light."""


def colour_of(pixels: np.ndarray, part: Box) -> Colour | None:
    """Name the colour that most of a part of a picture has.

    Cameras balance white themselves, so nothing more is done about the light's own colour.

    Args:
        pixels: uint8 (height, width, 3), RGB: the whole picture.
        part: Which part of it.

    Returns:
        The colour; None where the picture is too dark to tell, or the part has no colour of its own.
    """
    height, width = pixels.shape[:2]
    brightest = float(np.percentile(oklab(_samples(pixels))[..., 0], 97))
    if brightest < _TOO_DARK:
        return None
    rows = slice(int(part.top * height), max(int(part.bottom * height), int(part.top * height) + 1))
    columns = slice(int(part.left * width), max(int(part.right * width), int(part.left * width) + 1))
    cut = pixels[rows, columns]
    if cut.size == 0:
        return None
    colours = oklab(_samples(cut)).reshape(-1, 3) * np.clip(_WHITE_AT / brightest, 1.0, _BRIGHTEN)
    names = _named(colours)
    counts = np.bincount(names, minlength=len(_NAMES)).astype(np.float32)
    counts[_COLOURLESS] *= _COLOURLESS_WEIGHT
    best = int(counts.argmax())
    share = float(counts[best] / counts.sum())
    if share < _LEAST_SHARE:
        return None
    return Colour(_NAMES[best], _shade(_NAMES[best], float(np.median(colours[names == best, 0]))), share)


def coloured(objects: Iterable[DetectedObject], pixels: np.ndarray) -> tuple[DetectedObject, ...]:
    """Add the colours of objects, by the middle of their boxes.

    Args:
        objects: Found in the picture.
        pixels: uint8 (height, width, 3), RGB.
    """
    return tuple(
        replace(each, colour=colour_of(pixels, inner(each.box))) if each.box else each for each in objects
    )


def inner(box: Box, share: float = 0.5) -> Box:
    """The middle of a box, where the thing itself is rather than what is around it.

    Args:
        box: Around the thing.
        share: Of its width and of its height.
    """
    across, down = (1 - share) / 2 * (box.right - box.left), (1 - share) / 2 * (box.bottom - box.top)
    return Box(box.left + across, box.top + down, box.right - across, box.bottom - down)


def oklab(pixels: np.ndarray) -> np.ndarray:
    """Turn sRGB into Oklab.

    Args:
        pixels: uint8 (..., 3), RGB.

    Returns:
        float32 (..., 3): lightness 0..1, and two axes, from green to red and from blue to yellow.
    """
    colours: np.ndarray = np.cbrt(LINEAR[pixels] @ _TO_CONES.T) @ _TO_OKLAB.T
    return colours


def _samples(pixels: np.ndarray) -> np.ndarray:
    rows, columns = (
        ((np.arange(min(_SIDE, length)) + 0.5) * length / min(_SIDE, length)).astype(np.intp)
        for length in pixels.shape[:2]
    )
    taken: np.ndarray = pixels.take(rows, axis=0).take(columns, axis=1)
    return taken


def _named(colours: np.ndarray) -> np.ndarray:
    """Index in _NAMES of each colour, (n, 3) Oklab."""
    lightness = colours[:, 0]
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    hue = np.degrees(np.arctan2(colours[:, 2], colours[:, 1])) % 360
    rules: list[tuple[np.ndarray, ColourName]] = [
        ((lightness < _BLACK) & (chroma < _BLACK_CHROMA), ColourName.BLACK),
        ((chroma < _NO_HUE) & (lightness >= _WHITE), ColourName.WHITE),
        (chroma < _NO_HUE, ColourName.GREY),
        (((hue >= 340) | (hue < 12)) & (lightness >= 0.52), ColourName.PINK),
        ((hue >= 340) & (hue < 350), ColourName.PURPLE),
        ((hue >= 12) & (hue < 38) & (lightness >= 0.68) & (chroma < 0.19), ColourName.PINK),
        ((hue < 38) | (hue >= 350), ColourName.RED),
        ((hue < 78) & (chroma >= 0.125) & (lightness >= 0.58), ColourName.ORANGE),
        (hue < 78, ColourName.BROWN),
        ((hue < 116) & (lightness >= 0.74) & (chroma >= 0.09), ColourName.YELLOW),
        (hue < 100, ColourName.BROWN),
        (hue < 188, ColourName.GREEN),
        (hue < 286, ColourName.BLUE),
    ]
    conditions, names = zip(*rules, strict=True)
    indices: np.ndarray = np.select(
        list(conditions), [_NAMES.index(name) for name in names], _NAMES.index(ColourName.PURPLE)
    )
    return indices


def _shade(name: ColourName, lightness: float) -> Shade | None:
    dark, light = _SHADES.get(name, (0.0, 1.01))
    return Shade.DARK if lightness < dark else Shade.LIGHT if lightness >= light else None
