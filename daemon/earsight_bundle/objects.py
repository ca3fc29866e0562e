"""From a detector's score to the probability that the object is there.

Training fits it, the daemon computes it.
"""

from __future__ import annotations

import numpy as np

from earsight_bundle.manifest import FurtherBoxes, ObjectClass

_MOST = 50.0
"""Log-odds are kept that near to 0: further away, nothing is any surer."""
_EDGE = 1e-4
"""Scores are kept that far from 0 and 1, where log-odds have no end."""


def log_odds(
    scores: np.ndarray, classes: tuple[ObjectClass, ...], presence: np.ndarray | None = None
) -> np.ndarray:
    """Compute calibrated log-odds: Platt's scaling of each class, with the place head's opinion.

    Args:
        scores: Float (..., classes), the detector's, 0..1.
        classes: Of the manifest.
        presence: Float (..., classes), the place head's log-odds that the picture shows any of each class;
            None where there is no such head.

    Returns:
        Float32, in the shape of the scores.
    """
    kept = np.clip(scores, _EDGE, 1 - _EDGE).astype(np.float32)
    bias, weight, seen = (
        np.array([getattr(each, name) for each in classes], np.float32)
        for name in ("bias", "score", "presence")
    )
    odds: np.ndarray = bias + weight * np.log(kept / (1 - kept))
    if presence is not None:
        odds = odds + seen * presence.astype(np.float32)
    return np.asarray(np.clip(odds, -_MOST, _MOST))


def probabilities(
    scores: np.ndarray, classes: tuple[ObjectClass, ...], presence: np.ndarray | None = None
) -> np.ndarray:
    """Compute calibrated probabilities: see log_odds().

    Returns:
        Float32, in the shape of the scores, 0..1.
    """
    return np.asarray(1 / (1 + np.exp(-log_odds(scores, classes, presence))), np.float32)


def further_probabilities(scores: np.ndarray, further: FurtherBoxes) -> np.ndarray:
    """Compute the probability that boxes beside the best one of their class are things of their own.

    That a class is likely there says little of its second box, so only the box's own score counts.

    Args:
        scores: Float (boxes,), the detector's, 0..1.
        further: Of the manifest.

    Returns:
        Float32 (boxes,), 0..1.
    """
    kept = np.clip(scores, _EDGE, 1 - _EDGE).astype(np.float32)
    odds = further.bias + further.score * np.log(kept / (1 - kept))
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)
