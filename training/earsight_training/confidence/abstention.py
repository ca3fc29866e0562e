"""Whether a bundle abstains where there is nothing to describe, by the program that runs on the device."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_bundle.thresholds import MAYBE_ABOVE
from earsight_training.confidence.selective_prediction import Estimate
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.uninformative import uninformative_images
from earsight_training.scoring.bootstrap import interval, mean_metric
from earsight_training.scoring.evaluate import Candidate, describe

SEED = 2
"""Of the images. Other than export's: the probe was not fitted on these."""


@dataclass(frozen=True)
class AbstentionRates:
    """Abstention on one kind of image.

    Attributes:
        kind: A kind of `earsight_training.data.uninformative.KINDS`.
        images: How many there are of it.
        under_floor: Share of them, 0 to 1, whose confidence is under MAYBE_ABOVE.
        abstains: Share of them, 0 to 1, that a device would not describe, because of the confidence or of
            its checks of image quality.
    """

    kind: str
    images: int
    under_floor: float
    abstains: float


def abstention_on_uninformative(
    bundle: Path, count: int, photos: Sequence[Path]
) -> tuple[list[AbstentionRates], list[Estimate]]:
    """Let a bundle describe generated images that show nothing to describe.

    Args:
        bundle: Folder of the bundle.
        count: Images to generate, spread evenly over their kinds.
        photos: Photos from which some kinds are made; without any, these kinds are left out.

    Returns:
        The rates for each kind, and estimates over all of them.

    Raises:
        EvaluationError: The bundle could not describe them.
        DatasetError: A photo can't be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        kinds, images = [], []
        for index, (kind, image) in enumerate(uninformative_images(count, SEED, photos)):
            path = Path(folder) / f"{index:05}.png"
            image.save(path, compress_level=1)
            kinds.append(kind)
            images.append(CaptionedPhoto(path, ()))
        candidates = describe(bundle, images)
    by_kind = [
        _rates(kind, [c for c, other in zip(candidates, kinds, strict=True) if other == kind])
        for kind in dict.fromkeys(kinds)
    ]
    return by_kind, abstention_estimates(candidates, "uninformative")


def abstention_estimates(candidates: Sequence[Candidate], name: str) -> list[Estimate]:
    """Estimate how many images are under MAYBE_ABOVE, and how many a device would not describe.

    Args:
        candidates: What a bundle said of images of any kind.
        name: What the estimates are called after.

    Returns:
        Two estimates, each a share from 0 to 1.
    """
    measured = {
        f"{name}: under the floor": [(c.confidence or 0) < MAYBE_ABOVE for c in candidates],
        f"{name}: abstains": [c.abstains for c in candidates],
    }
    metrics = [mean_metric(called, np.array(values, float)) for called, values in measured.items()]
    return [Estimate(metric.name, metric.value, *interval(metric)) for metric in metrics]


def _rates(kind: str, candidates: Sequence[Candidate]) -> AbstentionRates:
    under_floor, abstains = (estimate.value for estimate in abstention_estimates(candidates, kind))
    return AbstentionRates(kind, len(candidates), under_floor, abstains)
