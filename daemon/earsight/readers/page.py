"""From a picture to recognised pieces of text, whichever way up they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from earsight.readers.text_recognition import Recognised, cut_out
from earsight.readers.text_regions import Region

_ELONGATED = 2.0
"""Width to height from which a box tells in which direction its text runs."""
_PROBES = 3
_SURE = 0.95
"""Mean probability of characters from which text is the right way up. Upside down it reached 0.86, the right
way up 1.00, in 18 lines of seven made-up pictures."""
_CLEARLY_BETTER = 0.1


class Networks(Protocol):
    """What finds text in pictures, and what recognises it."""

    def detect(self, pixels: np.ndarray) -> list[Region]:
        """Find text in a picture: uint8 (height, width, 3), RGB."""

    def recognise(self, line: np.ndarray) -> Recognised:
        """Recognise a straightened line: uint8 (48, width, 3), RGB."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text, or a part of one.

    Attributes:
        region: Where it is in the turned picture.
        recognised: What it says.
        sharpness: Of its edges, 0..1: the steepest step from pixel to pixel, as a share of the contrast.
        contrast: Grey levels between ink and paper, 0..255.
    """

    region: Region
    recognised: Recognised
    sharpness: float = 1.0
    contrast: float = 255.0


@dataclass(frozen=True, slots=True)
class Page:
    """All text of a picture.

    Attributes:
        pieces: Those that were recognised, in no order.
        height: Pixels of the turned picture.
        width: Pixels of the turned picture.
        quarters: How often the picture had to be turned by 90 degrees anticlockwise, as by numpy.rot90.
        pending: Where there is text that was not recognised yet, from top to bottom.
    """

    pieces: tuple[Piece, ...]
    height: int
    width: int
    quarters: int = 0
    pending: tuple[Region, ...] = ()

    def before_turning(self, points: np.ndarray) -> np.ndarray:
        """Where points were in the picture before it was turned: float32 (points, 2), pixels."""
        height, width = self.height, self.width
        for _ in range(self.quarters % 4):
            points = np.stack([height - 1 - points[:, 1], points[:, 0]], 1)
            height, width = width, height
        return points


def find_text(
    networks: Networks, pixels: np.ndarray, checkpoint: Callable[[], None]
) -> tuple[np.ndarray, Page]:
    """Find all text in a picture, and turn the picture so that it is upright.

    Args:
        networks: What finds and recognises.
        pixels: uint8 (height, width, 3), RGB.
        checkpoint: Called before each step.

    Returns:
        The turned picture, and a page of which all is pending.
    """
    checkpoint()
    found = networks.detect(pixels)
    quarters = 1 if _runs_down(found) else 0
    pixels, found = _turned(pixels, found, quarters)
    if _is_upside_down(networks, pixels, found, checkpoint):
        pixels, found = _turned(pixels, found, 2)
        quarters += 2
    height, width = pixels.shape[:2]
    downwards = sorted(found, key=lambda each: float(each.corners[:, 1].min()))
    return pixels, Page((), height, width, quarters, tuple(downwards))


def with_next_piece(networks: Networks, pixels: np.ndarray, page: Page) -> Page:
    """Recognise the first of what is pending.

    Args:
        networks: What recognises.
        pixels: The turned picture.
        page: Of it, with something pending.
    """
    piece = _piece(networks, pixels, page.pending[0])
    return replace(page, pieces=(*page.pieces, piece), pending=page.pending[1:])


def _turned(pixels: np.ndarray, found: list[Region], quarters: int) -> tuple[np.ndarray, list[Region]]:
    if not quarters:
        return pixels, found
    height, width = pixels.shape[:2]
    turned = [region.turned(quarters, height, width) for region in found]
    return np.ascontiguousarray(np.rot90(pixels, quarters)), turned


def _runs_down(found: list[Region]) -> bool:
    """Whether most of the text runs down or up: the picture was taken sideways."""
    tall = sum(each.height for each in found if each.height > _ELONGATED * each.width)
    wide = sum(each.width for each in found if each.width > _ELONGATED * each.height)
    return tall > wide


def _is_upside_down(
    networks: Networks, pixels: np.ndarray, found: list[Region], checkpoint: Callable[[], None]
) -> bool:
    """Whether the longest lines make more sense turned by 180 degrees."""
    votes = 0.0
    for region in sorted(found, key=lambda each: each.width * each.text_height**0.5, reverse=True)[:_PROBES]:
        checkpoint()
        line = cut_out(pixels, region)
        upright = networks.recognise(line)
        if upright.mean > _SURE and not upright.is_foreign:
            return False
        votes += _sense(networks.recognise(_half_turned(line))) - _sense(upright)
    return votes > _CLEARLY_BETTER


def _piece(networks: Networks, pixels: np.ndarray, region: Region) -> Piece:
    line = cut_out(pixels, region)
    recognised = networks.recognise(line)
    if region.is_vertical and recognised.mean < _SURE:
        other = networks.recognise(_half_turned(line))
        recognised = max(recognised, other, key=_sense)
    contrast, steepest = _edges(line)
    shrunk = min(region.width, region.height) / line.shape[0]
    return Piece(region, recognised, min(1.0, steepest / max(shrunk, 0.1)), contrast)


def _sense(recognised: Recognised) -> float:
    return 0.0 if recognised.is_foreign else recognised.mean


def _half_turned(line: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(line[::-1, ::-1])


def _edges(line: np.ndarray) -> tuple[float, float]:
    """The contrast of a line in grey levels, and its steepest steps as a share of it."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    darkest, brightest = np.percentile(grey, (2, 98))
    contrast = float(brightest - darkest)
    if grey.shape[1] < 2 or contrast < 1:
        return contrast, 0.0
    steps = np.abs(np.diff(cv2.blur(grey, (1, 3)), axis=1))
    return contrast, min(1.0, float(np.percentile(steps, 99)) / contrast)
