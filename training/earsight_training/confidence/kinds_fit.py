"""One calibration for photos of several kinds, which is not told the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from earsight_bundle.manifest import Calibration
from earsight_training.confidence.calibration_fit import cross_fit, fit, truthful
from earsight_training.confidence.selective_prediction import calibration_error
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.evaluate import Candidate

Sets = Mapping[str, Sequence[CaptionedPhoto]]
"""Photos with references by the name of their set, which stands for a kind of photos."""


def fit_on_kinds(candidates: Sequence[Candidate], sets: Sets) -> tuple[Calibration, dict[str, float]]:
    """Fit a calibration in which a kind counts by the square root of how many photos there are of it.

    So a large one does not decide alone, nor do a few photos as much as many.

    Args:
        candidates: What was said of the photos.
        sets: The photos; some may have no candidate.

    Returns:
        The calibration; by set, the calibration error of confidences that were fitted on other photos (five
        folds over all).
    """
    names = {photo.path: name for name, of_set in sets.items() for photo in of_set}
    kinds = [names[each.photo.path] for each in candidates]
    importance = np.array([kinds.count(kind) ** -0.5 for kind in kinds])
    importance *= len(kinds) / importance.sum()
    said = cross_fit(candidates, importance=importance)
    errors = {
        name: _error([each for each, kind in zip(said, kinds, strict=True) if kind == name])
        for name in dict.fromkeys(kinds)
    }
    return fit(candidates, importance=importance), errors


def _error(said: Sequence[Candidate]) -> float:
    confidence = np.array([each.confidence for each in said], float)
    return round(float(calibration_error(confidence, truthful(said))), 4)
