#!/usr/bin/env python3
"""Measure how a bundle's probe tells uninformative images from photos, also of kinds that it was never shown.

    script/bench uninformative BUNDLE --data FOLDER [--images 700] [--photos 1000]

For each kind of image: the share that the daemon's quality checks find, the share whose confidence is under
the default floor by the bundle as it is, the share that a device does not describe for either reason, and the
same with a probe that was fitted without that kind (leave one kind out), in the place of the bundle's. The
last rows are photos, of which few should be found. FOLDER is as for `earsight-train export`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from earsight.bundles.bundle import open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.config.schema import Config
from earsight.scene import Frame
from earsight.service.builders import build_policy
from earsight.vision.describer import Describer, LookRequest
from earsight.vision.quality import assess
from earsight_bundle.confidence import INFORMATIVE, informative
from earsight_training.bundles.out_of_distribution import SEED, fit_probe
from earsight_training.data.datasets import open_upright, read_photos
from earsight_training.data.uninformative import degraded, uninformative_images

FITTED = 1500
"""Photos, and uninformative images, that the probes are fitted on."""
DEGRADED = 300
"""Photos of the last row."""


@dataclass(frozen=True)
class Seen:
    """What a device finds out about an image.

    Attributes:
        problem: Whether the quality checks find one.
        confidence: Of the best caption, 0 to 1.
        informative: The probe's factor of it, 0 to 1.
        embedding: Float32 (width,), of unit length.
    """

    problem: bool
    confidence: float
    informative: float
    embedding: np.ndarray


def main() -> None:
    """Print the table."""
    options = _options()
    train, val = (_paths(options.data, split) for split in ("train", "val"))
    train = [train[index] for index in np.random.default_rng(SEED).permutation(len(train))][:FITTED]
    describer = Describer(OnnxCaptioner(open_bundle(options.bundle), time_limit=60))
    probes = Probes(describer, train)
    columns = "quality checks | under the floor | not described | unseen: under the floor | not described"
    print(f"| kind | images | {columns} |")
    print("|---|---|---|---|---|---|---|")
    val = val[: options.photos]
    by_kind: dict[str, list[Seen]] = {}
    for kind, image in _counted(options.images, SEED + 1, val):
        by_kind.setdefault(kind, []).append(_seen(describer, image))
    rows = []
    for kind, of_kind in by_kind.items():
        probe = probes.without(kind)
        judged = [_judged(one, probe) for one in of_kind]
        rows += judged
        _print(kind, judged)
    _print("all", rows)
    plain = probes.without(None)
    seen = [_seen(describer, open_upright(path)) for path in tqdm(val)]
    _print("photos", [_judged(one, plain) for one in seen])
    worse = [_seen(describer, image) for image in _degraded(val[:DEGRADED], 9)]
    _print("photos, dim, bright, blurred or cropped", [_judged(one, plain) for one in worse])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--images", type=int, default=700)
    parser.add_argument("--photos", type=int, default=1000)
    return parser.parse_args()


def _paths(data: Path, split: str) -> list[Path]:
    return [photo.path for photo in read_photos(data / "captions.csv", data / "images", [split])]


class Probes:
    """Probes that are fitted as export does, on all kinds of uninformative images but one."""

    def __init__(self, describer: Describer, photos: list[Path]) -> None:
        """Embed the images to fit on.

        Args:
            describer: Embeds.
            photos: Informative ones; half of them are also taken degraded.
        """
        images = _counted(FITTED, SEED, photos)
        self._uninformative = [(kind, _embedding(describer, image)) for kind, image in images]
        informative = [_embedding(describer, open_upright(path)) for path in tqdm(photos)]
        informative += [_embedding(describer, image) for image in _degraded(photos[::2], SEED)]
        self._informative = np.stack(informative)

    def without(self, kind: str | None) -> np.ndarray:
        """Fit a probe without a kind of image; None leaves none out."""
        shown = [embedding for other, embedding in self._uninformative if other != kind]
        return fit_probe(self._informative, np.stack(shown))


def _degraded(paths: list[Path], seed: int) -> Iterator[Image.Image]:
    for number, path in enumerate(paths):
        yield degraded(open_upright(path), np.random.default_rng([seed, number]))


def _counted(count: int, seed: int, photos: list[Path]) -> Iterable[tuple[str, Image.Image]]:
    yield from tqdm(uninformative_images(count, seed, photos), total=count)


def _embedding(describer: Describer, image: Image.Image) -> np.ndarray:
    look = describer.describe(Frame(np.asarray(image), 0.0), LookRequest(captions=False))
    assert look.scene.embedding is not None
    return look.scene.embedding


def _seen(describer: Describer, image: Image.Image) -> Seen:
    limits = build_policy(Config()).limits
    assert limits is not None
    frame = Frame(np.asarray(image), 0.0)
    scene = describer.describe(frame).scene
    assert scene.embedding is not None
    best = max(scene.captions, key=lambda caption: caption.confidence)
    problem = assess(frame, limits) is not None
    return Seen(problem, best.confidence, best.evidence.get(INFORMATIVE, 1.0), scene.embedding)


def _judged(seen: Seen, other: np.ndarray) -> list[bool]:
    """The columns of the table. other: the probe that takes the place of the bundle's."""
    floor = build_policy(Config()).phrasing.maybe
    confidence = seen.confidence / max(seen.informative, 1e-12) * informative(other, seen.embedding)
    under, other_under = seen.confidence < floor, bool(confidence < floor)
    return [seen.problem, under, seen.problem or under, other_under, seen.problem or other_under]


def _print(name: str, rows: list[list[bool]]) -> None:
    shares = " | ".join(f"{share:.1%}" for share in np.mean(rows, axis=0))
    print(f"| {name} | {len(rows)} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
