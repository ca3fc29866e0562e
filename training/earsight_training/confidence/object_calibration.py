"""How sure a detector has to be: Platt's scaling of its scores, with what the place head sees.

A class has few photos to be calibrated on, so all classes of a kind share what their scores are worth, and
each has only a bias of its own, which is held near that of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from earsight_bundle.manifest import ObjectClass
from earsight_bundle.objects import log_odds, probabilities

LEAST = 0.3
"""Probability below which nothing is named."""
PRECISION = 0.8
"""Of a class beyond the first ones, or it is named only from where it is reached, or never."""
_NEVER = 1.0
_HIGHEST = 0.99
"""From where a class is named, at the highest, that is right whenever it is found: 1 would be never."""
_FEWEST = 5
"""Objects of a class that have to be named before its precision is believed."""
_FOLDS = 5
_PRIOR = 0.5
"""Inverse variance of the biases of classes about the shared one, in log-odds."""


@dataclass(frozen=True)
class ObjectEvidence:
    """What a bundle finds in photos that it was not trained on, and what is there.

    Attributes:
        scores: Float32 (photos, classes): the best score of each class.
        presence: Float32 (photos, classes): the place head's log-odds; zeros without one.
        there: Float32 (photos, classes): 1, 0, or no number where it is not known.
    """

    scores: np.ndarray
    presence: np.ndarray
    there: np.ndarray

    def of(self, rows: np.ndarray) -> ObjectEvidence:
        """Select photos."""
        return ObjectEvidence(self.scores[rows], self.presence[rows], self.there[rows])


def fit_objects(evidence: ObjectEvidence, names: Sequence[str], first: int) -> tuple[ObjectClass, ...]:
    """Calibrate all classes.

    Args:
        evidence: To fit on.
        names: Of the classes.
        first: How many of them are of the first kind (COCO's); the others are the second.

    Returns:
        The classes, with the least probability from which each is named.
    """
    classes = _fit(evidence, names, first)
    crossed = cross_fitted(evidence, names, first)
    return tuple(
        replace_least(each, LEAST if index < first else _least(crossed[:, index], evidence.there[:, index]))
        for index, each in enumerate(classes)
    )


def replace_least(each: ObjectClass, least: float) -> ObjectClass:
    """Return a class with another least probability."""
    return each.model_copy(update={"least": round(least, 4)})


def cross_fitted(evidence: ObjectEvidence, names: Sequence[str], first: int) -> np.ndarray:
    """Compute probabilities, each fifth of the photos by a calibration that was fitted on the others.

    Args:
        evidence: Of all photos.
        names: Of the classes.
        first: As in fit_objects().

    Returns:
        Float32 (photos, classes).
    """
    chances = np.zeros_like(evidence.scores)
    fold = np.random.default_rng(0).permutation(len(chances)) % _FOLDS
    for number in range(_FOLDS):
        classes = _fit(evidence.of(fold != number), names, first)
        part = evidence.of(fold == number)
        chances[fold == number] = chances_of(part, classes)
    return chances


def chances_of(evidence: ObjectEvidence, classes: Sequence[ObjectClass]) -> np.ndarray:
    """Compute probabilities by a calibration, float32 (photos, classes)."""
    return probabilities(evidence.scores, tuple(classes), evidence.presence)


def _fit(evidence: ObjectEvidence, names: Sequence[str], first: int) -> tuple[ObjectClass, ...]:
    parts = [slice(0, first), slice(first, len(names))]
    return tuple(each for part in parts if names[part] for each in _fit_kind(evidence, names[part], part))


def _fit_kind(evidence: ObjectEvidence, names: Sequence[str], part: slice) -> list[ObjectClass]:
    """Classes that share the worth of a score and of presence."""
    scores, presence, there = evidence.scores[:, part], evidence.presence[:, part], evidence.there[:, part]
    known = ~np.isnan(there)
    of_class = np.nonzero(known)[1]
    odds = log_odds(scores, tuple(ObjectClass(name=name) for name in names))[known]
    features = np.stack([np.ones_like(odds), odds, presence[known]], 1)
    wanted = there[known] > 0.5

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        shared, own = values[:3], values[3:]
        logits = features @ shared + own[of_class]
        entropy = np.logaddexp(0, logits) - wanted * logits
        slope = 1 / (1 + np.exp(-logits)) - wanted
        gradient = np.concatenate(
            [features.T @ slope, np.bincount(of_class, slope, len(names)) + _PRIOR * own]
        )
        return float(entropy.sum() + 0.5 * _PRIOR * (own**2).sum()), gradient

    start = np.concatenate([[0.0, 1.0, 0.0], np.zeros(len(names))])
    limits = [(None, None), (0, None), (0, None), *[(None, None)] * len(names)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits).x
    bias, score, seen = (round(float(value), 4) for value in found[:3])
    return [
        ObjectClass(name=name, bias=round(bias + float(own), 4), score=score, presence=seen)
        for name, own in zip(names, found[3:], strict=True)
    ]


def _least(chances: np.ndarray, there: np.ndarray) -> float:
    """The lowest probability from which a class is as precise as it has to be."""
    known = ~np.isnan(there)
    order = np.argsort(-chances[known])
    right = there[known][order] > 0.5
    precise = np.cumsum(right) / np.arange(1, len(right) + 1) >= PRECISION
    enough = np.flatnonzero(precise & (np.cumsum(right) >= _FEWEST))
    if not len(enough):
        return _NEVER
    return min(max(LEAST, float(chances[known][order][enough[-1]])), _HIGHEST)
