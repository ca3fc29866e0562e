#!/usr/bin/env python3
"""Measure how a bundle's probe tells pictures of nothing from photos, also of kinds that it was never shown.

    script/bench uninformative BUNDLE --data FOLDER [--pictures 700] [--photos 1000]

For each kind of picture: the share that the daemon's quality checks find, the share whose confidence is under
the default floor by the bundle as it is, the share that a device does not describe for either reason, and the
same with a probe that was fitted without that kind (leave one kind out), in the place of the bundle's. The
last rows are photos, of which few should be found. FOLDER is as for `earsight-train export`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
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


@dataclass(frozen=True)
class Seen:
    """problem: found by the quality checks. confidence: of the best caption. informative: the
    probe's factor of it."""

    problem: bool
    confidence: float
    informative: float
    embedding: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--pictures", type=int, default=700)
    parser.add_argument("--photos", type=int, default=1000)
    options = parser.parse_args()
    splits = {
        split: [p.path for p in read_photos(options.data / "captions.csv", options.data / "images", [split])]
        for split in ("train", "val")
    }
    train = [
        splits["train"][index] for index in np.random.default_rng(SEED).permutation(len(splits["train"]))
    ]
    val = splits["val"][: options.photos]
    describer = Describer(OnnxCaptioner(open_bundle(options.bundle), time_limit=60))

    shown = [(kind, _embedding(describer, p)) for kind, p in _counted(FITTED, SEED, train[:FITTED])]
    photos = [_embedding(describer, open_upright(path)) for path in tqdm(train[:FITTED])]
    photos += [
        _embedding(describer, degraded(open_upright(path), np.random.default_rng([SEED, seed])))
        for seed, path in enumerate(train[:FITTED:2])
    ]
    something = np.stack(photos)
    tested = [
        (kind, _seen(describer, picture)) for kind, picture in _counted(options.pictures, SEED + 1, val)
    ]

    columns = "quality checks | under the floor | not described | unseen: under the floor | not described"
    print(f"| kind | pictures | {columns} |")
    print("|---|---|---|---|---|---|---|")
    total, plain = [], fit_probe(something, np.stack([embedding for _, embedding in shown]))
    for kind in dict.fromkeys(kind for kind, _ in tested):
        without = fit_probe(something, np.stack([embedding for other, embedding in shown if other != kind]))
        rows = [_judged(seen, without) for other, seen in tested if other == kind]
        total += rows
        _print(kind, rows)
    _print("all", total)
    seen = [_seen(describer, open_upright(path)) for path in tqdm(val)]
    _print("photos", [_judged(one, plain) for one in seen])
    worse = [
        degraded(open_upright(path), np.random.default_rng([9, seed])) for seed, path in enumerate(val[:300])
    ]
    _print("photos, dim, bright, blurred or cropped", [_judged(_seen(describer, p), plain) for p in worse])


def _counted(count: int, seed: int, photos: list[Path]) -> Iterable[tuple[str, Image.Image]]:
    yield from tqdm(uninformative_images(count, seed, photos), total=count)


def _embedding(describer: Describer, picture: Image.Image) -> np.ndarray:
    look = describer.describe(Frame(np.asarray(picture), 0.0), LookRequest(captions=False))
    assert look.scene.embedding is not None
    return look.scene.embedding


def _seen(describer: Describer, picture: Image.Image) -> Seen:
    limits = build_policy(Config()).limits
    assert limits is not None
    frame = Frame(np.asarray(picture), 0.0)
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
