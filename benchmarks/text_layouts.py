"""Flat pieces of writing for text_pictures.py: a sign, signs apart, a label, a page, a screen."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.text_fonts import has_only_capitals, loaded
from benchmarks.text_samples import Wording, number_line, prose, sign_line, wrapped

KINDS = ("sign", "signs", "label", "page", "columns", "screen")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as it was drawn.

    Attributes:
        text: What it says.
        language: "en", "id", or None for numbers and names.
        block: Number of its sign, paragraph or column, in reading order.
        corners: float32 (4, 2), pixels: upper left, upper right, lower right, lower left, around the ink.
        height: Pixels from the top of an A to the bottom of a g.
    """

    text: str
    language: str | None
    block: int
    corners: np.ndarray
    height: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A flat surface with writing.

    Attributes:
        pixels: uint8 (height, width, 3), RGB.
        lines: In reading order, in pixels of the panel.
    """

    pixels: np.ndarray
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How a panel is drawn.

    Attributes:
        font: A file; None: Pillow's own font.
        ink: Colour of the letters, 0..255 each.
        paper: Colour around them.
        height: Pixels from the top of an A to the bottom of a g.
    """

    font: Path | None
    ink: tuple[int, int, int]
    paper: tuple[int, int, int]
    height: float


def panel(kind: str, source: random.Random, style: Style, language: str, width: int) -> Panel:
    """Draw one of KINDS.

    Args:
        kind: Which.
        source: Chooses the texts.
        style: Of most of the lines.
        language: Of most of the lines.
        width: Pixels that it may be wide, about.
    """
    fitting = max(8, int(width / (0.5 * style.height)))
    if kind == "sign":
        words = [sign_line(source, language) for _ in range(source.randrange(1, 4))]
        if source.random() < 0.4:
            words.append(number_line(source))
        if source.random() < 0.2:
            words = [number_line(source)]
        return _stacked(words, style, centred=source.random() < 0.6)
    if kind == "signs":
        return _beside([_stacked([sign_line(source, language)], style) for _ in range(2)], style)
    if kind == "label":
        title = _stacked([sign_line(source, language)], replace(style, height=style.height * 1.7))
        text = wrapped(prose(source, language, 60), min(fitting, 36))
        body = [*(Wording(line, language) for line in text), number_line(source)]
        return _below([title, _stacked(body, style)], style)
    if kind == "page":
        text = wrapped(prose(source, language, 200), min(fitting, 60))
        return _stacked([Wording(line, language) for line in text[:10]], style)
    if kind == "columns":
        columns = [wrapped(prose(source, language, 90), max(12, min(fitting // 2 - 2, 28))) for _ in range(2)]
        return _beside(
            [_stacked([Wording(each, language) for each in text], style) for text in columns], style
        )
    words = [sign_line(source, language) if n % 2 else number_line(source) for n in range(4)]
    return _below([_stacked([word], style) for word in words], style)


def _stacked(words: list[Wording], style: Style, *, centred: bool = False) -> Panel:
    """Lines below each other: one block."""
    font = _font(style)
    if has_only_capitals(style.font):
        words = [replace(word, text=word.text.upper()) for word in words]
    boxes = [font.getbbox(word.text, anchor="ls") for word in words]
    step, margin = style.height * 1.45, style.height * 0.8
    width = int(max(box[2] - box[0] for box in boxes) + 2 * margin)
    image = Image.new("RGB", (width, int(step * len(words) + 2 * margin - 0.45 * style.height)), style.paper)
    draw, lines = ImageDraw.Draw(image), []
    for number, (word, box) in enumerate(zip(words, boxes, strict=True)):
        x = (width - box[2] + box[0]) / 2 if centred else margin
        y = margin + number * step + 0.78 * style.height
        draw.text((x, y), word.text, font=font, fill=style.ink, anchor="ls")
        left, top, right, bottom = (side + offset for side, offset in zip(box, (x, y, x, y), strict=True))
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        lines.append(PrintedLine(word.text, word.language, 0, corners, style.height))
    return Panel(np.asarray(image), tuple(lines))


def _font(style: Style):
    probe = loaded(style.font, 100)
    _, top, _, bottom = probe.getbbox("Ag", anchor="ls")
    return loaded(style.font, max(4, round(100 * style.height / (bottom - top))))


def _beside(panels: list[Panel], style: Style) -> Panel:
    gap = int(style.height * 1.5)
    places, right = [], 0
    for each in panels:
        places.append((right, 0))
        right += each.pixels.shape[1] + gap
    return _joined(panels, places, style)


def _below(panels: list[Panel], style: Style) -> Panel:
    gap = int(style.height * 0.6)
    places, lower = [], 0
    for each in panels:
        places.append((0, lower))
        lower += each.pixels.shape[0] + gap
    return _joined(panels, places, style)


def _joined(panels: list[Panel], places: list[tuple[int, int]], style: Style) -> Panel:
    ends = [
        (x + each.pixels.shape[1], y + each.pixels.shape[0])
        for each, (x, y) in zip(panels, places, strict=True)
    ]
    width, height = (max(each) for each in zip(*ends, strict=True))
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = style.paper
    lines: list[PrintedLine] = []
    for number, (each, (x, y)) in enumerate(zip(panels, places, strict=True)):
        rows, columns = each.pixels.shape[:2]
        pixels[y : y + rows, x : x + columns] = each.pixels
        moved = (
            replace(line, corners=line.corners + np.float32([x, y]), block=number) for line in each.lines
        )
        lines += moved
    return Panel(pixels, tuple(lines))
