#!/usr/bin/env python3
"""Measure what earsight.vision.quality finds in photos that were damaged on purpose.

    script/bench quality FOLDER [--captions captions.csv --split val] [--limit N]

For every kind of damage: the share of photos that each problem is found in; then the time of one assessment.
Photos are first squashed to 224 x 224 pixels, so that the strength of a blur means the same for all.
`--as-they-are` takes them at their own size and only undamaged. The figures in docs/perception.md come from
it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from tqdm import tqdm

from earsight.cameras.photos import list_photos, load_photo
from earsight.scene import Frame, Problem
from earsight.vision.quality import QualityLimits, assess, sharpness
from earsight_files.csv_table import read_rows

SIDE = 224
"""Pixels of the photos' sides."""
Damage = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""From a photo, uint8 (height, width, 3), to a damaged one of the same shape."""


def main() -> None:
    """Print the table and the times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--captions", type=Path, help="CSV with the columns image and split")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, help="only so many photos, chosen by chance (seed 0)")
    parser.add_argument("--as-they-are", action="store_true", help="undamaged, at their own size")
    options = parser.parse_args()
    photos = _chosen(options.folder, options.captions, options.split, options.limit)
    if not photos:
        parser.error("there are no such photos")
    damages = {"none": DAMAGES["none"]} if options.as_they_are else DAMAGES
    _print_table(_found(photos, damages, squash=not options.as_they_are), len(photos))
    _print_time()


def _chosen(folder: Path, captions: Path | None, split: str, limit: int | None) -> list[Path]:
    photos = list_photos(folder)
    if captions is not None:
        rows = read_rows(captions.read_text(encoding="utf-8-sig"), ["image", "split"])
        wanted = {row["image"] for _, row in rows if row["split"] == split}
        photos = [photo for photo in photos if photo.name in wanted]
    if limit is not None and limit < len(photos):
        photos = [photos[i] for i in np.random.default_rng(0).permutation(len(photos))[:limit]]
    return photos


def _found(
    photos: list[Path], damages: dict[str, Damage], squash: bool
) -> Iterator[tuple[str, Counter, list]]:
    counts: dict[str, Counter] = {name: Counter() for name in damages}
    sharp: dict[str, list[float]] = {name: [] for name in damages}
    chance = np.random.default_rng(1)
    for path in tqdm(photos, unit="photo"):
        photo = load_photo(path)
        if squash:
            photo = np.asarray(Image.fromarray(photo).resize((SIDE, SIDE), Image.Resampling.BOX))
        for name, damage in damages.items():
            pixels = damage(photo, chance)
            counts[name][assess(Frame(pixels, 0.0), QualityLimits())] += 1
            sharp[name].append(sharpness(pixels))
    for name in damages:
        yield name, counts[name], sharp[name]


def _print_table(rows: Iterable[tuple[str, Counter, list]], total: int) -> None:
    print(f"| damage ({total} photos) | " + " | ".join(Problem) + " | none | sharpness 1 %, 50 %, 99 % |")
    print("|---|" + "---:|" * (len(Problem) + 2))
    for name, count, sharp in rows:
        shares = " | ".join(f"{count[problem] / total:.1%}" for problem in (*Problem, None))
        print(f"| {name} | {shares} | {', '.join(f'{s:.0f}' for s in np.percentile(sharp, (1, 50, 99)))} |")


def _print_time() -> None:
    chance = np.random.default_rng(2)
    for height, width in ((480, 640), (720, 1280), (1080, 1920)):
        frame = Frame(chance.integers(0, 256, (height, width, 3), dtype=np.uint8), 0.0)
        times = []
        for _ in range(100):
            began = time.perf_counter()
            assess(frame, QualityLimits())
            times.append(time.perf_counter() - began)
        print(f"assess at {width} x {height}: median {statistics.median(times) * 1e3:.2f} ms")


def _none(photo: np.ndarray, _chance: np.random.Generator) -> np.ndarray:
    return photo


def _noisy(level: float) -> Damage:
    return lambda photo, chance: _with_noise(photo, level, chance)


def _exposed(gain: float, noise: float = 3.0) -> Damage:
    """gain: of the light, so before the gamma of 2.2."""
    return lambda photo, chance: _with_noise(
        255 * ((photo / 255.0) ** 2.2 * gain) ** (1 / 2.2), noise, chance
    )


def _out_of_focus(sigma: float, noise: float = 2.0) -> Damage:
    def damage(photo: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        return _with_noise(
            np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(sigma))), noise, chance
        )

    return damage


def _shaken(length: int, noise: float = 2.0) -> Damage:
    """length: pixels, along a straight line in a random direction."""

    def damage(photo: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        angle = chance.uniform(0, np.pi)
        height, width = photo.shape[:2]
        room = np.pad(photo, ((length, length), (length, length), (0, 0)), mode="reflect").astype(np.uint16)
        total = np.zeros(photo.shape, np.uint32)
        for step in np.arange(length) - (length - 1) / 2:
            y, x = length + round(step * np.sin(angle)), length + round(step * np.cos(angle))
            total += room[y : y + height, x : x + width]
        return _with_noise(total / length, noise, chance)

    return damage


def _finger(_photo: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Skin against the lens: reddish, brighter towards one side, where some light comes through."""
    slope = np.add.outer(*(np.linspace(-1, 1, SIDE) * chance.uniform(-1, 1) for _ in range(2)))
    level = chance.uniform(60, 150) + slope * chance.uniform(0, 15)
    return _with_noise(level[..., None] * np.array([1.2, 0.85, 0.75]), chance.uniform(1, 8), chance)


def _cloth(_photo: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Cloth against the lens: one colour, with soft folds that are out of focus."""
    coarse = chance.normal(0, 1, (5, 5)).astype(np.float32)
    folds = np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    colour = chance.uniform(60, 220) * chance.uniform(0.8, 1.2, 3)
    return _with_noise(colour + folds[..., None] * chance.uniform(1, 8), chance.uniform(1, 8), chance)


def _with_noise(picture: np.ndarray, level: float, chance: np.random.Generator) -> np.ndarray:
    return np.clip(picture + chance.normal(0, level, picture.shape), 0, 255).astype(np.uint8)


DAMAGES: dict[str, Damage] = {
    "none": _none,
    "sensor noise 4": _noisy(4),
    **{f"light x 1/{n}": _exposed(1 / n) for n in (8, 16, 32, 64, 128)},
    **{f"light x {n}": _exposed(n) for n in (4, 16, 64)},
    **{f"Gaussian blur {s} px": _out_of_focus(s) for s in (1, 1.5, 2, 3, 4, 6)},
    "Gaussian blur 3 px, noise 6": _out_of_focus(3, noise=6),
    **{f"motion {n} px": _shaken(n) for n in (5, 9, 15, 21, 31)},
    "finger": _finger,
    "cloth": _cloth,
}

if __name__ == "__main__":
    main()
