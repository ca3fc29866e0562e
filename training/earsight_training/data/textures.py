"""Surfaces, drawn at random: plaster, wood, tiles, bricks, carpet, asphalt, cloth, skin, clouds, pages,
screens.

Each takes the generator and a size (width, height) and returns float64 (height, width, 3), 0 to 255.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Size = tuple[int, int]
"""Width and height, in pixels."""


def fractal(
    rng: np.random.Generator,
    size: Size,
    cells: Sequence[int] = (3, 6, 12, 24, 48),
    persistence: float = 0.55,
    stretch: float = 1.0,
) -> np.ndarray:
    """Draw noise of several scales, as clouds, stains and grain have it.

    Args:
        rng: Draws it.
        size: Of the result.
        cells: Blobs along the width, of each scale.
        persistence: How strong each scale is, relative to the one before.
        stretch: How much longer than high the blobs are.

    Returns:
        Float64 (height, width), 0 to 1.
    """
    width, height = size
    total = np.zeros((height, width))
    for index, across in enumerate(cells):
        down = max(2, round(across * stretch * height / width))
        noise = Image.fromarray(rng.random((down, max(2, across)), np.float32))
        total += persistence**index * np.asarray(noise.resize(size, Image.Resampling.BICUBIC))
    spread = float(np.ptp(total))
    scaled: np.ndarray = (total - total.min()) / (spread or 1.0)
    return scaled


def shaded(rng: np.random.Generator, pattern: np.ndarray, colour: np.ndarray, contrast: float) -> np.ndarray:
    """Colour a pattern: one colour, with a little of another mixed in where the pattern is dark.

    Args:
        rng: Draws the other colour.
        pattern: Float (height, width), 0 to 1.
        colour: Float (3,), 0 to 255.
        contrast: Share of the other colour where the pattern is 0.

    Returns:
        Float64 (height, width, 3), 0 to 255.
    """
    other = colour * rng.uniform(0.3, 0.9) + rng.uniform(-15, 15, 3)
    mix = (contrast * (1 - pattern))[..., None]
    mixed: np.ndarray = colour * (1 - mix) + other * mix
    return mixed


def paint(rng: np.random.Generator) -> np.ndarray:
    """Draw a colour as walls have it: mostly pale, now and then strong."""
    if rng.random() < 0.7:
        return np.clip(rng.uniform(130, 240) + rng.normal(0, 14, 3), 0, 255)
    return rng.uniform(30, 230, 3)


def earth(rng: np.random.Generator) -> np.ndarray:
    """Draw a brown, from pale wood to dark tiles."""
    return np.array([1.0, rng.uniform(0.6, 0.9), rng.uniform(0.35, 0.8)]) * rng.uniform(60, 230)


def plaster(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw plaster with stains and grain."""
    stains = fractal(rng, size, (2, 4, 8))
    grain = fractal(rng, size, (64, 160, 300), 0.9)
    return shaded(rng, 0.6 * stains + 0.4 * grain, paint(rng), rng.uniform(0.05, 0.5))


def wallpaper(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw wallpaper with stripes or checks."""
    width, height = size
    period = width / rng.integers(4, 40)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    wave = np.sin(2 * np.pi * x / period)
    if rng.random() < 0.5:
        wave = wave * np.sin(2 * np.pi * y / period)
    if rng.random() < 0.5:
        wave = np.sign(wave)
    return shaded(rng, 0.5 + 0.5 * wave, paint(rng), rng.uniform(0.1, 0.8))


def wood(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw boards with grain along them, each of its own shade."""
    height = size[1]
    grain = fractal(rng, size, (2, 4, 8, 16), 0.8, stretch=rng.uniform(8, 25))
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * grain * rng.uniform(2, 9))
    boards = int(rng.integers(1, 10))
    rows = np.minimum(np.arange(height) * boards // height, boards - 1)
    shades = rng.uniform(0.75, 1.1, boards)[rows][:, None, None]
    wooden = shaded(rng, 0.5 * grain + 0.5 * rings, earth(rng), rng.uniform(0.2, 0.9)) * shades
    wooden[np.flatnonzero(np.diff(rows))] *= rng.uniform(0.2, 0.8)
    return _turned(rng, wooden)


def tiles(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw squares with joints, now and then of two colours."""
    side = size[0] / rng.uniform(2.5, 14)
    return _masonry(rng, size, (side, side), shift=0.0, checks=rng.random() < 0.3)


def bricks(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw bricks in a running bond."""
    length = size[0] / rng.uniform(3, 12)
    return _masonry(rng, size, (length, length * rng.uniform(0.25, 0.5)), shift=0.5, checks=False)


def _masonry(
    rng: np.random.Generator, size: Size, stone: tuple[float, float], shift: float, checks: bool
) -> np.ndarray:
    """stone: width and height. shift: of every other row, in stones."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    row = (y / stone[1]).astype(int)
    across = x / stone[0] + shift * (row % 2)
    column = across.astype(int)
    shades = rng.uniform(rng.uniform(0.6, 0.95), 1.05, (row.max() + 1, column.max() + 1))[row, column]
    colour = earth(rng) if rng.random() < 0.5 else paint(rng)
    laid = shaded(rng, fractal(rng, size, (8, 30, 90, 200), 0.8), colour, rng.uniform(0.05, 0.5))
    laid *= shades[..., None]
    if checks:
        laid[(row + column) % 2 == 0] *= rng.uniform(0.2, 0.7)
    joint = rng.uniform(0.02, 0.08)
    joints = (across % 1 < joint) | ((y / stone[1]) % 1 < joint * stone[0] / stone[1])
    laid[joints] = rng.uniform(40, 230) + rng.normal(0, 4, (int(joints.sum()), 1))
    return laid


def carpet(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a carpet that is worn in places."""
    fibres = fractal(rng, size, (60, 130, 260), 1.0)
    worn = fractal(rng, size, (2, 4, 7))
    return shaded(rng, 0.75 * fibres + 0.25 * worn, rng.uniform(20, 200, 3), rng.uniform(0.4, 1.0))


def asphalt(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw asphalt, gravel or concrete: grey, with grains, and now and then a crack."""
    grains = fractal(rng, size, (40, 120, 280), rng.uniform(0.7, 1.2))
    grey = rng.uniform(50, 190) + rng.normal(0, 5, 3)
    ground = shaded(rng, grains, grey, rng.uniform(0.2, 0.9))
    ground *= 0.8 + 0.3 * fractal(rng, size, (2, 3, 6))[..., None]
    if rng.random() < 0.3:  # a crack
        x = np.arange(size[0])
        path = size[1] * (rng.random() + rng.uniform(-0.3, 0.3) * fractal(rng, (size[0], 2), (4, 9, 30))[0])
        for thick in range(int(rng.integers(1, 4))):
            ground[np.clip(path.astype(int) + thick, 0, size[1] - 1), x] *= 0.4
    return _turned(rng, ground)


def cloth(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a weave with folds."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    period = rng.uniform(3, 16)
    weave = np.sin(2 * np.pi * x / period) * np.sin(2 * np.pi * y / period)
    folds = fractal(rng, size, (2, 3, 5), stretch=rng.uniform(0.2, 1))
    return shaded(rng, 0.2 + 0.2 * weave + 0.6 * folds, rng.uniform(10, 230, 3), rng.uniform(0.3, 1.0))


def skin(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a finger or hand on the lens: from dark skin to light shining red through it."""
    light = rng.uniform(30, 230)
    red = np.array([1.0, rng.uniform(0.15, 0.75), rng.uniform(0.05, 0.65)])
    soft = fractal(rng, size, (2, 3))
    pattern = 0.8 * soft + 0.2 * fractal(rng, size, (20, 60)) if rng.random() < 0.3 else soft
    return shaded(rng, pattern, light * red, rng.uniform(0.2, 1.0))


def clouds(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a sky: blue, grey or of the evening, empty or with clouds, paler towards the horizon."""
    tops = ((60, 120, 200), (120, 160, 215), (150, 155, 165), (90, 95, 105), (60, 60, 110), (15, 20, 40))
    ends = ((190, 215, 240), (225, 232, 238), (205, 205, 205), (240, 180, 120), (250, 140, 90), (40, 50, 80))
    top = rng.uniform(0.8, 1.1) * np.array(tops[rng.integers(len(tops))])
    end = rng.uniform(0.8, 1.05) * np.array(ends[rng.integers(len(ends))])
    down = np.linspace(rng.uniform(0, 0.5), rng.uniform(0.5, 1), size[1])[:, None, None]
    air = np.broadcast_to(top * (1 - down) + end * down, (size[1], size[0], 3)).copy()
    if rng.random() < 0.7:
        cover = fractal(rng, size, (2, 5, 10, 22, 45, 90), rng.uniform(0.45, 0.65), stretch=rng.uniform(1, 3))
        cover = np.clip((cover - rng.uniform(0.2, 0.6)) * rng.uniform(1.5, 5), 0, 1)[..., None]
        air = air * (1 - cover) + (rng.uniform(130, 255) + rng.normal(0, 6, 3)) * cover
    return air


_LETTERS = "etaoinshrdlucmfwygpbvk"


def _line(rng: np.random.Generator, words: int) -> str:
    lengths = rng.integers(1, 11, words)
    line = " ".join("".join(rng.choice(list(_LETTERS), length)) for length in lengths)
    return line.capitalize() if rng.random() < 0.4 else line


def page(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw print on paper: one to three columns, now and then a few words in large letters."""
    paper = tuple(int(level) for level in rng.uniform(190, 255) + rng.normal(0, 5, 3))
    ink = (int(rng.uniform(0, 90)),) * 3
    if rng.random() < 0.15:
        paper, ink = ink, paper
    image = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(image)
    height = size[1] / float(np.exp(rng.uniform(np.log(6), np.log(55))))
    columns = int(rng.integers(1, 4)) if height < size[1] / 20 else 1
    margin = rng.uniform(-0.05, 0.12) * size[0]
    room = (size[0] - 2 * margin) / columns
    for column in range(columns):
        _text(rng, draw, (margin + column * room, margin), (room * 0.93, size[1] - 2 * margin), height, ink)
    return np.asarray(image, np.float64)


def _text(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    corner: tuple[float, float],
    room: tuple[float, float],
    height: float,
    ink: tuple[int, ...],
) -> None:
    font = ImageFont.load_default(max(6, height))
    y = corner[1]
    while y < corner[1] + room[1]:
        letters = int(room[0] / (0.5 * height)) + 1
        line = _line(rng, max(1, letters // 6))[:letters]
        if rng.random() < 0.9:  # else the end of a paragraph
            draw.text((corner[0], y), line, fill=ink, font=font)
        y += height * 1.35


def screen(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Draw a computer's screen: windows with bars, boxes and lines of text, dark or light."""
    dark = rng.random() < 0.5
    image = Image.new("RGB", size, tuple(int(x) for x in rng.uniform(*((0, 70) if dark else (170, 255)), 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 6))):
        width, height = rng.uniform(0.2, 0.9) * size[0], rng.uniform(0.2, 0.9) * size[1]
        left, top = rng.uniform(-0.1, 0.6) * size[0], rng.uniform(-0.1, 0.6) * size[1]
        level = rng.uniform(0, 60) if dark else rng.uniform(200, 255)
        fill = tuple(int(np.clip(level + shift, 0, 255)) for shift in rng.normal(0, 12, 3))
        draw.rectangle((left, top, left + width, top + height), fill=fill)
        bar = tuple(int(x) for x in rng.uniform(20, 235, 3))
        draw.rectangle((left, top, left + width, top + 0.05 * size[1]), fill=bar)
        ink = tuple(int(x) for x in (rng.uniform(150, 255, 3) if dark else rng.uniform(0, 120, 3)))
        letters = size[1] * rng.uniform(0.02, 0.06)
        _text(rng, draw, (left + 9, top + 0.08 * size[1]), (width - 18, height - 0.1 * size[1]), letters, ink)
    return np.asarray(image, np.float64)


def _turned(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Upside down, or not: what has grain along it may lie either way."""
    return picture[::-1].copy() if rng.random() < 0.5 else picture
