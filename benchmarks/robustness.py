#!/usr/bin/env python3
"""Measure what a camera's shape, mounting, lens, light and shaking cost a bundle's captions.

    script/bench robustness BUNDLE --data FOLDER [--split val] [--limit 300] [--json FILE]

Photos are changed as a camera would, written to a temporary folder and captioned by `earsight describe`.
FOLDER is as for `earsight-train evaluate`; its native256/, where there is one, has photos of the same names
with their own aspect ratio, on which the shapes are measured. Each table's rows are of the same photos. CIDEr
of different tables does not compare, since an n-gram's rarity is counted over a table's photos. The figures
in docs/builtin-model.md come from it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from earsight_training.data.datasets import CaptionedPhoto, open_upright, read_photos
from earsight_training.scoring.bootstrap import interval, mean_metric
from earsight_training.scoring.evaluate import describe
from earsight_training.scoring.object_hallucination import made_up
from earsight_training.scoring.scores import measure

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
"""From a photo to what a camera would have seen."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, help="only so many photos of a table, drawn by chance (seed 0)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as well")
    options = parser.parse_args()
    photos = read_photos(options.data / "captions.csv", options.data / "images", [options.split])
    tables = {"all": _table(options, "light, lens, mounting", photos, CHANGES)}
    native = [replace(photo, path=options.data / "native256" / photo.path.name) for photo in photos]
    native = [photo for photo in native if photo.path.is_file()]
    if native:
        tables["native"] = _table(options, "shape of the frame", native, SHAPES)
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


def _table(
    options: argparse.Namespace, title: str, photos: Sequence[CaptionedPhoto], changes: Mapping[str, Change]
) -> dict[str, dict[str, float]]:
    drawn = np.random.default_rng(0).permutation(len(photos))[: options.limit]
    chosen = [photos[index] for index in sorted(drawn)]
    print(f"\n| {title} ({len(chosen)} photos) | CIDEr | 95 % | made-up | abstains |\n|---|---|---|---|---|")
    rows = {}
    for name, change in changes.items():
        rows[name] = row = _scored(options.bundle, chosen, change)
        print(
            f"| {name} | {row['CIDEr']:.3f} | {row['low']:.3f} to {row['high']:.3f} | {row['made-up']:.3f}"
            f" | {row['abstains']:.1%} |",
            flush=True,
        )
    return rows


def _scored(bundle: Path, photos: Sequence[CaptionedPhoto], change: Change) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        changed = []
        for index, photo in enumerate(photos):
            path = Path(folder) / f"{index:05}.jpg"
            change(open_upright(photo.path), np.random.default_rng(index)).save(path, quality=92)
            changed.append(replace(photo, path=path))
        said = describe(bundle, changed)
    scores = measure([c.caption for c in said], [c.photo.captions for c in said])
    cider = next(metric for metric in scores if metric.name == "CIDEr")
    low, high = interval(cider)
    invented = mean_metric("made-up", np.array([bool(made_up(c.caption, c.photo.captions)) for c in said]))
    abstains = float(np.mean([candidate.abstains for candidate in said]))
    return {
        "CIDEr": cider.value,
        "low": low,
        "high": high,
        "made-up": invented.value,
        "abstains": abstains,
    }


def _as_it_is(photo: Image.Image, _rng: np.random.Generator) -> Image.Image:
    return photo


def _middle(photo: Image.Image, _rng: np.random.Generator) -> Image.Image:
    """The middle square: the ends of the longer side are not seen."""
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    return photo.crop((left, top, left + side, top + side))


def _padded(photo: Image.Image, _rng: np.random.Generator) -> Image.Image:
    """Made square by grey bars."""
    side = max(photo.size)
    square = Image.new("RGB", (side, side), (128, 128, 128))
    square.paste(photo, ((side - photo.width) // 2, (side - photo.height) // 2))
    return square


def _turned(degrees: int) -> Change:
    """degrees: counter-clockwise, as of a camera that is mounted sideways, without camera.rotation."""
    return lambda photo, _rng: photo.rotate(degrees, expand=True)


def _defocused(share: float) -> Change:
    """share: sigma of the blur, of the longer side."""
    return lambda photo, _rng: photo.filter(ImageFilter.GaussianBlur(share * max(photo.size)))


def _shaken(share: float) -> Change:
    """share: length of the motion, in a random direction, of the longer side."""

    def change(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
        angle, length = rng.uniform(0, np.pi), share * max(photo.size)
        pixels = np.asarray(photo, np.float32)
        total = np.zeros_like(pixels)
        steps = np.linspace(-0.5, 0.5, max(2, round(length) + 1))
        for step in steps:
            shift = (round(step * length * np.sin(angle)), round(step * length * np.cos(angle)))
            rows = np.clip(np.arange(photo.height) + shift[0], 0, photo.height - 1)
            columns = np.clip(np.arange(photo.width) + shift[1], 0, photo.width - 1)
            total += pixels[rows][:, columns]
        return Image.fromarray((total / len(steps)).astype(np.uint8))

    return change


def _lit(gain: float, noise: float = 3.0) -> Change:
    """gain: of the light, so before the gamma of 2.2. noise: in grey levels."""

    def change(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
        seen = 255 * np.minimum((np.asarray(photo) / 255) ** 2.2 * gain, 1) ** (1 / 2.2)
        return Image.fromarray(np.clip(seen + rng.normal(0, noise, seen.shape), 0, 255).astype(np.uint8))

    return change


def _wide_angle(strength: float) -> Change:
    """Barrel distortion: what lies at r from the middle (1: a corner) comes from r (1 + strength r^2) / (1 +
    strength)."""

    def change(photo: Image.Image, _rng: np.random.Generator) -> Image.Image:
        width, height = photo.size
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        scale = (1 + strength * (x**2 + y**2) / 2) / (1 + strength)
        columns = np.round((x * scale + 1) / 2 * (width - 1)).astype(int)
        rows = np.round((y * scale + 1) / 2 * (height - 1)).astype(int)
        return Image.fromarray(np.asarray(photo)[rows, columns])

    return change


SHAPES: dict[str, Change] = {
    "squashed by the device": _as_it_is,
    "cropped to the middle square": _middle,
    "padded to a square": _padded,
    "turned by 90 degrees": _turned(90),
}
CHANGES: dict[str, Change] = {
    "as it is": _as_it_is,
    "turned by 90 degrees": _turned(90),
    "turned by 270 degrees": _turned(270),
    "turned by 180 degrees": _turned(180),
    "tilted by 10 degrees": _turned(10),
    "motion blur, 3 % of the side": _shaken(0.03),
    "motion blur, 7 %": _shaken(0.07),
    "out of focus, sigma 0.5 %": _defocused(0.005),
    "out of focus, sigma 1 %": _defocused(0.01),
    "light x 1/4": _lit(1 / 4),
    "light x 1/16": _lit(1 / 16),
    "light x 4": _lit(4),
    "wide-angle lens, barrel 0.3": _wide_angle(0.3),
    "wide-angle lens, barrel 0.8": _wide_angle(0.8),
}

if __name__ == "__main__":
    main()
