"""Where there is text: from the map of a text detector to slanted boxes, one around each line or word.

The detector is PP-OCR's, trained with differentiable binarization (Liao et al., Real-time Scene Text
Detection with Differentiable Binarization, 2020, https://arxiv.org/abs/1911.08947): its map shows the core of
each line, shrunk, and each box is grown again in proportion. The growth is that of RapidOCR 3.10.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SCALES = (720_000, 230_000)
"""Pixels of the pictures that the detector is given: larger ones are shrunk, smaller ones enlarged a little.
A sign in a wide view is found in the smaller one, where more of what is around it helps. Of 302 made-up lines
of 12 to 80 pixels in 1280 x 720, 96 % were found at 1280 x 720 alone, 99 % at both, in the same time."""

FINE = 1_000_000
"""Pixels of a third one, for stills that are larger. It takes as long as both others, and is tried only where
these show nothing like a line: in 24 made-up stills with lines of 12 to 20 pixels, 88 % of characters were
read with it and 80 % without; tried in every still, it split lines that the others find whole. With
1,200,000 pixels no more was read, and it took over 300 MB of memory."""

_ENLARGED = 1.5
_FRAGMENT = 1.5
_LINE = 2.0
_COVERED = 0.5
_MULTIPLE, _LONGEST = 32, 2048
_CORE, _SCORE = 0.3, 0.4
_GROWTH = 1.6
_MOST = 400
_THINNEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A slanted box around a line of text, or a part of one.

    Attributes:
        corners: float32 (4, 2), pixels of the picture: upper left, upper right, lower right, lower left, if
            the text runs from left to right, or, where the box is higher than wide, from top to bottom.
        margin: Pixels of the picture by which the box is larger than the text, on each side.
        score: 0..1: the mean of the detector's map in the box.
    """

    corners: np.ndarray
    margin: float
    score: float

    @property
    def width(self) -> float:
        """Pixels along the upper and lower side."""
        return float(max(self._side(0, 1), self._side(3, 2)))

    @property
    def height(self) -> float:
        """Pixels along the left and right side."""
        return float(max(self._side(0, 3), self._side(1, 2)))

    @property
    def text_height(self) -> float:
        """Pixels from the top of the highest letter to the bottom of the lowest, about."""
        return max(1.0, min(self.width, self.height) - 2 * self.margin)

    @property
    def is_line(self) -> bool:
        """Whether it is longer than high, as lines are, and most patterns are not."""
        return max(self.width, self.height) > _LINE * min(self.width, self.height)

    @property
    def is_vertical(self) -> bool:
        """Whether the text runs down or up rather than across."""
        return self.height > 1.5 * self.width

    def holds(self, other: Region) -> bool:
        """Whether the other one's middle is in it."""
        x, y = (float(each) for each in other.corners.mean(0))
        return cv2.pointPolygonTest(self.corners, (x, y), measureDist=False) >= 0

    def turned(self, quarters: int, height: int, width: int) -> Region:
        """The region in a picture that was turned anticlockwise, as by numpy.rot90.

        Args:
            quarters: Turns by 90 degrees.
            height: Pixels of the picture before.
            width: Pixels of the picture before.
        """
        corners = self.corners
        for _ in range(quarters % 4):
            corners = np.stack([corners[:, 1], width - 1 - corners[:, 0]], 1)
            height, width = width, height
        return Region(_ordered(corners), self.margin, self.score)

    def _side(self, first: int, second: int) -> float:
        return float(np.linalg.norm(self.corners[first] - self.corners[second]))


def detector_inputs(pixels: np.ndarray) -> list[np.ndarray]:
    """Prepare a picture for the detector, at each scale that differs.

    Args:
        pixels: uint8 (height, width, 3), RGB, of any size.

    Returns:
        float32 (1, 3, height, width), BGR, -1..1, the largest first; both sides are multiples of 32.
    """
    height, width = pixels.shape[:2]
    scales = [min(_ENLARGED, (area / (height * width)) ** 0.5) for area in SCALES]
    return [_at_scale(pixels, scale) for scale in dict.fromkeys(scales)]


def fine_input(pixels: np.ndarray) -> np.ndarray | None:
    """The same at the third scale; None for a picture that is no larger."""
    scale = (FINE / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    return _at_scale(pixels, scale) if scale < 1 else None


def _at_scale(pixels: np.ndarray, scale: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    size = [_side(length * scale) for length in (width, height)]
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(pixels, size, interpolation=interpolation)
    return cv2.dnn.blobFromImage(resized, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)


def _side(length: float) -> int:
    return int(np.clip(round(length / _MULTIPLE) * _MULTIPLE, _MULTIPLE, _LONGEST))


def regions(text_map: np.ndarray, height: int, width: int) -> list[Region]:
    """Find the boxes in the detector's map.

    Args:
        text_map: float32 (rows, columns): how likely each place is the core of a line, 0..1.
        height: Pixels of the picture.
        width: Pixels of the picture.

    Returns:
        The largest 400, in no order.
    """
    core = cv2.dilate((text_map > _CORE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(core, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([width / text_map.shape[1], height / text_map.shape[0]], np.float32)
    largest = sorted(contours, key=cv2.contourArea, reverse=True)[:_MOST]
    found = (_region(text_map, contour, scale) for contour in largest)
    return [region for region in found if region is not None]


def joined(fine: list[Region], coarse: list[Region]) -> list[Region]:
    """Boxes of a picture at two scales: the coarse one adds what is missing, and lines that are in parts."""
    found = list(fine)
    for region in coarse:
        inside = [each for each in found if region.holds(each)]
        covered = sum(each.width * each.height for each in inside) / max(1.0, region.width * region.height)
        fragments = all(region.text_height < _FRAGMENT * each.text_height for each in inside)
        if covered < _COVERED and fragments and not any(each.holds(region) for each in found):
            found = [each for each in found if each not in inside]
            found.append(region)
    return found


def _region(text_map: np.ndarray, contour: np.ndarray, scale: np.ndarray) -> Region | None:
    middle, (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < _THINNEST:
        return None
    score = _mean_in(text_map, cv2.boxPoints((middle, (width, height), angle)))
    if score < _SCORE:
        return None
    distance = width * height * _GROWTH / (2 * (width + height))
    grown = cv2.boxPoints((middle, (width + 2 * distance, height + 2 * distance), angle))
    # The core was shrunk by about half as far as it is grown: the rest is a margin that the recogniser is
    # used to.
    margin = float(distance * scale.mean()) * _MARGIN
    return Region(_ordered(grown.astype(np.float32) * scale), margin, score)


_MARGIN = 0.35
"""Of the growth of a box, the share that lies outside of the letters, on generated pictures."""


def _mean_in(text_map: np.ndarray, corners: np.ndarray) -> float:
    left, top = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(0)).astype(int) + 1
    part = text_map[top:bottom, left:right]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _ordered(corners: np.ndarray) -> np.ndarray:
    """Corners of a slanted box, clockwise from the upper left one."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    upper_left, lower_left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    upper_right, lower_right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([upper_left, upper_right, lower_right, lower_left], np.float32)
