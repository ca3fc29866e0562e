"""Uninformative images, generated from seeds: what a head-worn camera sees when there is nothing to describe.

Dark, grey and overexposed frames, noise, a covered lens, the sky, a wall, a floor, printed text, a screen, a
lamp's glare; and, made from photos, blur and light beyond recognition. All come as a camera would take them:
of its sizes, tilted, unevenly lit, with a sensor's noise and the traces of JPEG.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from earsight_training.data import textures
from earsight_training.data.datasets import open_upright
from earsight_training.data.textures import Size, fractal

SIZES: tuple[Size, ...] = ((400, 300), (448, 252), (300, 400), (252, 448), (320, 320), (480, 360), (640, 480))
"""Width and height of the frames: the shapes of cameras'. More pixels would only be shrunk by what
follows."""

DrawScene = Callable[[np.random.Generator, Size], np.ndarray]
"""Draws what is in front of the lens: float64 (height, width, 3), 0 to 255."""
Destroy = Callable[[np.random.Generator, np.ndarray], np.ndarray]
"""Makes a photo, float64 (height, width, 3), 0 to 255, unrecognisable."""


def _black(rng: np.random.Generator, size: Size) -> np.ndarray:
    return np.full((size[1], size[0], 3), rng.uniform(0, 30)) + rng.uniform(0, 6, 3)


def _grey(rng: np.random.Generator, size: Size) -> np.ndarray:
    level = rng.uniform(20, 245) + rng.normal(0, rng.choice((0, 12)), 3)
    slope = np.linspace(0, rng.uniform(-40, 40), size[0])[None, :, None]
    return np.broadcast_to(level + slope, (size[1], size[0], 3)).copy()


def _noise(rng: np.random.Generator, size: Size) -> np.ndarray:
    """White noise or blobs, grey or coloured, soft or of two levels, or the lines of a broken signal."""
    channels = int(rng.choice((1, 3)))
    shape = (size[1], size[0], channels)
    kind = rng.integers(5)
    drawn: np.ndarray
    if kind == 0:
        drawn = rng.uniform(0, 255, shape)
    elif kind == 1:
        drawn = rng.normal(rng.uniform(40, 210), rng.uniform(20, 90), shape)
    elif kind == 2:
        drawn = 255.0 * (rng.random(shape) < rng.uniform(0.02, 0.98))
    elif kind == 3:
        scales = [int(cells) for cells in np.geomspace(rng.integers(2, 60), rng.integers(60, 300), 4)]
        drawn = np.stack([fractal(rng, size, scales, rng.uniform(0.5, 1.1)) for _ in range(channels)], -1)
        drawn *= rng.uniform(120, 255)
    else:
        drawn = rng.uniform(0, 255, (size[1], 1, channels)) + rng.normal(0, rng.uniform(0, 60), shape)
    return np.broadcast_to(drawn, (size[1], size[0], 3)).astype(np.float64)


def _covered(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Skin, cloth or something dark right on the lens, out of focus; light may come in at an edge."""
    cover = (textures.skin, textures.skin, textures.cloth)[rng.integers(3)](rng, size)
    cover = _soft(cover, rng.uniform(0.5, 12)) * rng.uniform(0.15, 1.1)
    if rng.random() < 0.35:
        x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
        angle = rng.uniform(0, 2 * np.pi)
        beyond = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(0.6, 1.1)
        leak = 1 / (1 + np.exp(-beyond / rng.uniform(0.03, 0.2)))[..., None]
        cover = cover * (1 - leak) + rng.uniform(80, 255, 3) * leak
    return cover


def _wall(rng: np.random.Generator, size: Size) -> np.ndarray:
    surfaces = (textures.plaster, textures.plaster, textures.wallpaper, textures.bricks, textures.wood)
    return _tilted(rng, surfaces[rng.integers(len(surfaces))](rng, _larger(size)), size, depth=0.25)


def _floor(rng: np.random.Generator, size: Size) -> np.ndarray:
    surfaces = (textures.carpet, textures.asphalt, textures.wood, textures.tiles, textures.tiles)
    return _tilted(rng, surfaces[rng.integers(len(surfaces))](rng, _larger(size)), size, depth=0.7)


def _text(rng: np.random.Generator, size: Size) -> np.ndarray:
    return _tilted(rng, textures.page(rng, _larger(size)), size, depth=0.4)


def _screen(rng: np.random.Generator, size: Size) -> np.ndarray:
    return _tilted(rng, textures.screen(rng, _larger(size)), size, depth=0.3)


def _glare(rng: np.random.Generator, size: Size) -> np.ndarray:
    """One to three lights that outshine everything else."""
    scene = fractal(rng, size, (2, 4, 8))[..., None] * rng.uniform(0, 90, 3)
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    for _ in range(int(rng.integers(1, 4))):
        at = rng.uniform(0, 1, 2) * size
        away = np.hypot(x - at[0], y - at[1]) / size[0]
        halo = np.exp(-away / rng.uniform(0.05, 0.5)) + (away < rng.uniform(0.02, 0.2))
        angle = np.arctan2(y - at[1], x - at[0]) + rng.uniform(0, np.pi)
        rays = np.abs(np.cos(angle * rng.integers(1, 5))) ** 40 * np.exp(-away / 0.3) * rng.uniform(0, 1)
        colour = np.array([255, rng.uniform(200, 255), rng.uniform(140, 255)])
        scene = scene + (halo + rays)[..., None] * colour * rng.uniform(0.7, 2)
    return scene


SYNTHETIC: dict[str, DrawScene] = {
    "black": _black,
    "grey": _grey,
    "noise": _noise,
    "covered": _covered,
    "sky": textures.clouds,
    "wall": _wall,
    "floor": _floor,
    "text": _text,
    "screen": _screen,
    "glare": _glare,
}
"""The kinds that are drawn."""


def _out_of_focus(rng: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    return _soft(photo, rng.uniform(0.035, 0.12) * max(photo.shape))


def _shaken(rng: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    """Motion by a fifth to a half of the image: the mean of it along a line."""
    length = rng.uniform(0.2, 0.5) * max(photo.shape)
    angle = rng.uniform(0, np.pi)
    image = Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8))
    steps = np.linspace(-0.5, 0.5, 48)[:, None] * length * np.array([np.cos(angle), np.sin(angle)])
    total = np.zeros(photo.shape)
    for across, down in steps:
        # Mirrored at the edges, so that no border streaks in.
        rows = _mirrored(np.arange(image.height) + round(down), image.height)
        columns = _mirrored(np.arange(image.width) + round(across), image.width)
        total += photo[rows][:, columns]
    return total / len(steps)


def _burnt_out(rng: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    return np.asarray(255 * np.minimum((photo / 255) ** 2.2 * rng.uniform(150, 800), 1) ** (1 / 2.2))


def _too_dark(rng: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    return np.asarray(255 * ((photo / 255) ** 2.2 / rng.uniform(150, 1500)) ** (1 / 2.2))


DESTRUCTIONS: dict[str, Destroy] = {
    "out of focus": _out_of_focus,
    "shaken": _shaken,
    "burnt out": _burnt_out,
    "too dark": _too_dark,
}
"""The kinds that are made from photos."""

KINDS = (*SYNTHETIC, *DESTRUCTIONS)


def uninformative_image(kind: str, seed: int, photos: Sequence[Path] = ()) -> Image.Image:
    """Generate an image, the same for the same arguments.

    Args:
        kind: One of KINDS.
        seed: Of everything that is drawn.
        photos: From which the kinds of DESTRUCTIONS are made; needed for those only.

    Returns:
        RGB.

    Raises:
        DatasetError: A photo can't be read.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    if kind in DESTRUCTIONS:
        photo = open_upright(photos[int(rng.integers(len(photos)))])
        seen = DESTRUCTIONS[kind](rng, np.asarray(photo, np.float64))
    else:
        size = SIZES[rng.integers(len(SIZES))]
        seen = SYNTHETIC[kind](rng, size)
    return _taken(rng, seen)


def uninformative_images(
    count: int, seed: int, photos: Sequence[Path] = ()
) -> Iterator[tuple[str, Image.Image]]:
    """Generate images of all kinds in turn.

    Args:
        count: How many.
        seed: Images of different seeds differ.
        photos: Without any, the kinds of DESTRUCTIONS are left out.

    Yields:
        The kind and the image.

    Raises:
        DatasetError: A photo can't be read.
    """
    kinds = KINDS if photos else tuple(SYNTHETIC)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        yield kind, uninformative_image(kind, seed * 100_003 + index // len(kinds), photos)


def degraded(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Degrade a photo so that it still shows something: dim or bright, a little blurred, a part of it, or all
    of these.

    Args:
        photo: RGB.
        rng: Draws the changes.
    """
    width, height = photo.size
    if rng.random() < 0.5:
        share = rng.uniform(0.6, 0.95)
        left, top = rng.uniform(0, 1 - share, 2)
        box = (left * width, top * height, (left + share) * width, (top + share) * height)
        photo = photo.resize((round(share * width), round(share * height)), box=box)
    if rng.random() < 0.5:
        sigma = rng.uniform(0.001, 0.009) * max(photo.size)
        photo = photo.filter(ImageFilter.GaussianBlur(sigma))
    if rng.random() < 0.6:
        gain = float(np.exp(rng.uniform(np.log(1 / 12), np.log(4))))
        seen = 255 * np.minimum((np.asarray(photo) / 255) ** 2.2 * gain, 1) ** (1 / 2.2)
        noise = rng.normal(0, rng.uniform(0.5, 6), seen.shape)
        photo = Image.fromarray(np.clip(seen + noise, 0, 255).astype(np.uint8))
    return photo


def _taken(rng: np.random.Generator, seen: np.ndarray) -> Image.Image:
    """As a camera takes it: a tint, light that falls off towards a side, noise, JPEG."""
    height, width = seen.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    slope = rng.uniform(0, 0.3) * (np.cos(a := rng.uniform(0, 6.3)) * x + np.sin(a) * y)
    corners = rng.uniform(0, 0.25) * (x**2 + y**2)
    light = np.clip(1 + slope - corners, 0, 1.5)[..., None] * rng.uniform(0.93, 1.07, 3)
    noise = rng.normal(0, rng.uniform(0.5, 7), seen.shape)
    levels = np.clip(seen * light + noise, 0, 255).astype(np.uint8)
    jpeg = io.BytesIO()
    Image.fromarray(levels).save(jpeg, "JPEG", quality=int(rng.integers(45, 96)))
    return Image.open(jpeg).convert("RGB")


def _larger(size: Size) -> Size:
    """A size with room for a tilt."""
    return (size[0] * 5 // 4, size[1] * 5 // 4)


def _tilted(rng: np.random.Generator, surface: np.ndarray, size: Size, depth: float) -> np.ndarray:
    """A part of a surface, seen at an angle. depth: 0 to 1, how much of it is lost on the near side at
    most."""
    height, width = surface.shape[:2]
    near = rng.uniform(0, depth) * width / 2
    corners = [(near, 0.0), (0.0, float(height)), (float(width), float(height)), (width - near, 0.0)]
    if rng.random() < 0.5:  # wide at the top
        corners = [(0.0, 0.0), (near, float(height)), (width - near, float(height)), (float(width), 0.0)]
    angle = rng.normal(0, 0.12) + rng.choice((0, 0, 0, np.pi / 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width, height]) / 2
    quad = (np.array(corners) - middle) @ turn.T * rng.uniform(0.5, 0.8) + middle
    image = Image.fromarray(np.clip(surface, 0, 255).astype(np.uint8))
    seen = image.transform(size, Image.Transform.QUAD, quad.ravel().tolist(), Image.Resampling.BICUBIC)
    return np.asarray(seen, np.float64)


def _soft(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Blurred; what lies behind the edges is mirrored."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(sigma)), np.float64)


def _mirrored(places: np.ndarray, length: int) -> np.ndarray:
    around = places % (2 * length)
    return np.where(around < length, around, 2 * length - 1 - around)
