"""Pictures with text, made up: writing in perspective, in uneven light, blurred, noisy, and compressed.

For each line it is known what it says, where it is, how high, and in which language.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.text_layouts import KINDS, Panel, PrintedLine, Style, panel

LANGUAGES = ("en", "id")


@dataclass(frozen=True, slots=True)
class TextPicture:
    """A picture and what is written in it.

    Attributes:
        pixels: uint8 (height, width, 3), RGB.
        lines: In reading order, in pixels of the picture; only those that are in it as a whole.
        kind: One of text_layouts.KINDS.
    """

    pixels: np.ndarray
    lines: tuple[PrintedLine, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """How hard a picture is to read.

    Attributes:
        size: Width and height of the picture in pixels.
        height: Pixels from the top of an A to the bottom of a g, least and most.
        slant: Degrees that the writing is turned by, at most.
        perspective: Share of a side, 0..1, that a corner is out of place, at most.
        blur: Of the lens, sigma as a share of the letters' height, at most.
        shake: Pixels of motion, as a share of the letters' height, at most.
        noise: Standard deviation in grey levels, at most.
        contrast: Grey levels between letters and paper, at least.
    """

    size: tuple[int, int] = (1280, 720)
    height: tuple[float, float] = (20, 80)
    slant: float = 8.0
    perspective: float = 0.06
    blur: float = 0.04
    shake: float = 0.04
    noise: float = 8.0
    contrast: float = 90.0


READABLE = Conditions()
"""What a person reads with ease."""

SMALL = replace(READABLE, height=(12, 20))

LARGE = replace(READABLE, height=(60, 300))

HARD = replace(
    READABLE, height=(10, 60), slant=15, perspective=0.12, blur=0.12, shake=0.16, noise=25, contrast=35
)
"""From what is read with ease to what can't be read."""


def text_picture(
    source: random.Random,
    conditions: Conditions,
    fonts: Sequence[Path],
    *,
    kind: str | None = None,
    background: np.ndarray | None = None,
) -> TextPicture:
    """Make a picture.

    Args:
        source: Where all chance comes from.
        conditions: How hard it is to read.
        fonts: Files to choose from; none: Pillow's own font.
        kind: One of text_layouts.KINDS; None: any.
        background: uint8 (height, width, 3), RGB, what is behind the writing; None: something made up.
    """
    width, height = conditions.size
    room = 0.9 * width, 0.9 * height
    while True:  # until it fits
        letters = float(np.exp(source.uniform(*np.log(conditions.height))))
        chosen = kind or source.choice(KINDS if letters < height / 12 else KINDS[:2])
        style = Style(
            source.choice(fonts) if fonts else None, *_colours(source, conditions.contrast), letters
        )
        drawn = panel(chosen, source, style, source.choice(LANGUAGES), int(room[0]))
        if drawn.pixels.shape[1] < room[0] and drawn.pixels.shape[0] < room[1]:
            break
    matrix = _placement(source, drawn, conditions)
    behind = (
        _scenery(source, width, height) if background is None else cv2.resize(background, conditions.size)
    )
    pixels = _taken(source, _on(behind, drawn, matrix), conditions, letters)
    return TextPicture(pixels, _seen(drawn.lines, matrix, conditions.size), chosen)


def turned(picture: TextPicture) -> TextPicture:
    """The picture upside down; its lines stay in reading order."""
    height, width = picture.pixels.shape[:2]
    end = np.float32([width, height])
    lines = tuple(replace(line, corners=end - line.corners) for line in picture.lines)
    return replace(picture, pixels=np.ascontiguousarray(picture.pixels[::-1, ::-1]), lines=lines)


def _colours(source: random.Random, contrast: float) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Ink and paper whose grey differs by at least the contrast."""
    while True:
        ink, paper = ([source.randrange(256) for _ in range(3)] for _ in range(2))
        if source.random() < 0.4:  # most writing is dark on light
            ink, paper = [source.randrange(60)] * 3, [source.randrange(180, 256)] * 3
        grey = [float(np.dot(each, (0.299, 0.587, 0.114))) for each in (ink, paper)]
        if abs(grey[0] - grey[1]) >= contrast:
            return (ink[0], ink[1], ink[2]), (paper[0], paper[1], paper[2])


def _placement(source: random.Random, drawn: Panel, conditions: Conditions) -> np.ndarray:
    """Where a panel is seen: a matrix of perspective, with the whole panel in the picture."""
    rows, columns = drawn.pixels.shape[:2]
    flat = np.float32([[0, 0], [columns, 0], [columns, rows], [0, rows]])
    width, height = conditions.size
    while True:
        angle = np.radians(source.uniform(-conditions.slant, conditions.slant))
        turn = np.float32([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        out = np.float32([[source.uniform(-1, 1) for _ in range(2)] for _ in range(4)])
        corners = (flat - flat.mean(0)) @ turn + out * conditions.perspective * min(rows, columns)
        corners -= corners.min(0)
        free = np.float32([width, height]) - corners.max(0)
        if (free > 4).all():
            place = np.float32([source.uniform(2, left - 2) for left in free])
            return cv2.getPerspectiveTransform(flat, (corners + place).astype(np.float32))
        conditions = replace(conditions, slant=conditions.slant * 0.7)
        if conditions.slant < 0.01:
            scale = 0.95 * float(min(width / columns, height / rows, 1.0))
            return cv2.getPerspectiveTransform(flat, flat * scale)


def _scenery(source: random.Random, width: int, height: int) -> np.ndarray:
    """Soft colours with a few edges."""
    random_numbers = np.random.default_rng(source.randrange(2**32))
    coarse = random_numbers.integers(0, 256, (source.randrange(2, 7), source.randrange(2, 9), 3), np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(source.randrange(6)):
        points = random_numbers.integers(0, (width, height), (4, 2)).astype(np.int32)
        cv2.fillConvexPoly(picture, cv2.convexHull(points), random_numbers.integers(0, 256, 3).tolist())
    return picture


def _on(behind: np.ndarray, drawn: Panel, matrix: np.ndarray) -> np.ndarray:
    size = behind.shape[1], behind.shape[0]
    seen = cv2.warpPerspective(drawn.pixels, matrix, size, flags=cv2.INTER_AREA)
    solid = np.full(drawn.pixels.shape[:2], 255, np.uint8)
    there = cv2.warpPerspective(solid, matrix, size, flags=cv2.INTER_LINEAR)[..., None] / np.float32(255)
    return behind * (1 - there) + seen * there


def _taken(source: random.Random, picture: np.ndarray, conditions: Conditions, letters: float) -> np.ndarray:
    """As a camera takes it: light, blur, motion, noise, compression."""
    height, width = picture.shape[:2]
    random_numbers = np.random.default_rng(source.randrange(2**32))
    light = cv2.resize(random_numbers.uniform(0.6, 1.1, (2, 3)).astype(np.float32), (width, height))
    picture = picture * light[..., None]
    sigma = source.uniform(0, conditions.blur) * letters
    if sigma > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    length = round(source.uniform(0, conditions.shake) * letters)
    if length > 1:
        kernel = np.zeros((length, length), np.float32)
        slope = source.randrange(length)
        cv2.line(kernel, (0, slope), (length - 1, length - 1 - slope), 1.0)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    noise = random_numbers.normal(0, source.uniform(0, conditions.noise), picture.shape)
    image = Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8))
    compressed = io.BytesIO()
    image.save(compressed, "JPEG", quality=source.randrange(70, 96))
    return np.asarray(Image.open(compressed).convert("RGB"))


def _seen(lines: Sequence[PrintedLine], matrix: np.ndarray, size: tuple[int, int]) -> tuple[PrintedLine, ...]:
    """The lines as they are in the picture: the height too."""
    found = []
    for line in lines:
        corners = cv2.perspectiveTransform(line.corners[None], matrix)[0]
        if (corners < 0).any() or (corners > size).any():
            continue
        scale = cv2.contourArea(corners) / max(1.0, cv2.contourArea(line.corners))
        found.append(replace(line, corners=corners, height=line.height * scale**0.5))
    return tuple(found)


def cut_off(source: random.Random, picture: TextPicture, side: str) -> TextPicture:
    """The picture moved so that one side of its writing is out of sight.

    Args:
        source: Chooses how much.
        picture: With at least one line.
        side: left, right, top or bottom.
    """
    across = side in ("left", "right")
    line = max(picture.lines, key=lambda each: float(np.ptp(each.corners[:, 0])))
    low, high = line.corners.min(0), line.corners.max(0)
    lost = source.uniform(0.2, 0.5)
    axis = 0 if across else 1
    span = high[axis] - low[axis]
    if side in ("left", "top"):
        begin = int(low[axis] + lost * span)
        part = picture.pixels[:, begin:] if across else picture.pixels[begin:]
    else:
        end = max(32, int(high[axis] - lost * span))
        part = picture.pixels[:, :end] if across else picture.pixels[:end]
    return replace(picture, pixels=np.ascontiguousarray(part), lines=())


def far_away(source: random.Random, picture: TextPicture) -> TextPicture:
    """The picture from so far that its letters are 7 to 10 pixels high, in the midst of grey."""
    letters = float(np.median([line.height for line in picture.lines]))
    scale = source.uniform(7, 10) / letters
    small = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    pixels = np.full_like(picture.pixels, 128)
    top, left = ((a - b) // 2 for a, b in zip(pixels.shape[:2], small.shape[:2], strict=True))
    pixels[top : top + small.shape[0], left : left + small.shape[1]] = small
    return replace(picture, pixels=pixels, lines=())


def out_of_focus(source: random.Random, picture: TextPicture) -> TextPicture:
    """The picture blurred so that its letters can hardly be told."""
    letters = float(np.median([line.height for line in picture.lines]))
    pixels = cv2.GaussianBlur(picture.pixels, (0, 0), source.uniform(0.1, 0.16) * letters)
    return replace(picture, pixels=pixels, lines=())
