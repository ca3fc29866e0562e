"""Whether a class's boxes beside its best one are things of their own, fitted on boxes that people drew."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from earsight_bundle.manifest import FurtherBoxes
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.data.object_labels import Boxes, overlaps

OVERLAP = 0.45
"""Intersection over union from which, of two boxes of a class, the device drops the less likely one."""
_RIGHT = 0.45
"""Intersection over union with a drawn box from which a box is right; each drawn box counts once."""
_FLOOR = 0.12
"""Score below which no box is worth learning from."""
_FEWEST = 50
"""Boxes from which the regression is worth fitting."""
_RIDGE = 0.1


def fit_further_boxes(pictures: Iterable[tuple[np.ndarray, np.ndarray, Boxes]]) -> FurtherBoxes | None:
    """Fit a logistic regression on the scores of boxes that are not the best of their class.

    Args:
        pictures: Of each the detector's scores, float (cells, classes), its boxes, float (cells, 4), and the
            boxes that people drew: all of each class that has any.

    Returns:
        None where there are too few boxes.
    """
    found = [pair for scores, corners, drawn in pictures for pair in _judged(scores, corners, drawn)]
    if len(found) < _FEWEST or len({right for _, right in found}) < 2:
        return None
    scores = np.array([score for score, _ in found])
    inputs = np.stack([np.ones(len(scores)), np.log(scores / (1 - scores))], 1)
    targets = np.array([right for _, right in found], float)
    bias, score = fit_logistic_regression(inputs, targets, np.array([1e-6, _RIDGE])).tolist()
    return FurtherBoxes(bias=round(bias, 4), score=round(score, 4))


def _judged(scores: np.ndarray, corners: np.ndarray, drawn: Boxes) -> Iterable[tuple[float, bool]]:
    """The score of each further box, and whether it is a thing of its own."""
    for kind in np.unique(drawn.classes).tolist():
        wanted = drawn.corners[drawn.classes == kind]
        free = np.ones(len(wanted), bool)
        for place, cell in enumerate(_unsuppressed(scores[:, kind], corners)):
            shared = overlaps(corners[cell][None], wanted)[0] * free
            right = bool(shared.max() >= _RIGHT)
            if right:
                free[shared.argmax()] = False
            if place:
                yield float(min(scores[cell, kind], 0.999)), right


def _unsuppressed(scores: np.ndarray, corners: np.ndarray) -> list[int]:
    """The cells whose boxes no better one covers, best first."""
    kept: list[int] = []
    for cell in np.argsort(-scores).tolist():
        if scores[cell] < _FLOOR:
            break
        if not kept or overlaps(corners[cell][None], corners[kept]).max() <= OVERLAP:
            kept.append(cell)
    return kept
