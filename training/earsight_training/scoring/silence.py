"""Does a bundle keep silent where there is nothing to describe? Asked of the program that runs on the
device."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.nothing import pictures_of_nothing
from earsight_training.scoring.bootstrap import interval, mean_metric
from earsight_training.scoring.evaluate import Candidate, describe
from earsight_training.scoring.trust import Figure

FLOOR = 0.1
"""The daemon's default wording.maybe_above: below, it says that it can't tell."""
SEED = 2
"""Other than export's: these pictures were not fitted on."""


@dataclass(frozen=True)
class Silence:
    """Shares of the pictures.

    doubted: the confidence is under FLOOR. abstains: a device would not describe it, by that or by its checks
    of the picture.
    """

    kind: str
    pictures: int
    doubted: float
    abstains: float


def on_nothing(bundle: Path, count: int, photos: Sequence[Path]) -> tuple[list[Silence], list[Figure]]:
    """On so many generated pictures of nothing, by kind, and of them all with intervals.

    photos: of which some kinds are made. Raises EvaluationError, DatasetError.
    """
    with tempfile.TemporaryDirectory() as folder:
        kinds, pictures = [], []
        for index, (kind, picture) in enumerate(pictures_of_nothing(count, SEED, photos)):
            path = Path(folder) / f"{index:05}.png"
            picture.save(path, compress_level=1)
            kinds.append(kind)
            pictures.append(CaptionedPhoto(path, ()))
        candidates = describe(bundle, pictures)
    by_kind = [
        _silence(kind, [c for c, other in zip(candidates, kinds, strict=True) if other == kind])
        for kind in dict.fromkeys(kinds)
    ]
    return by_kind, on(candidates, "nothing")


def on(candidates: Sequence[Candidate], name: str) -> list[Figure]:
    """On pictures of any kind: how many are under FLOOR, and how many a device would not describe."""
    measured = {
        f"{name}: under the floor": [(c.confidence or 0) < FLOOR for c in candidates],
        f"{name}: abstains": [c.abstains for c in candidates],
    }
    metrics = [mean_metric(called, np.array(values, float)) for called, values in measured.items()]
    return [Figure(metric.name, metric.value, *interval(metric)) for metric in metrics]


def _silence(kind: str, candidates: Sequence[Candidate]) -> Silence:
    doubted, abstains = (figure.value for figure in on(candidates, kind))
    return Silence(kind, len(candidates), doubted, abstains)
