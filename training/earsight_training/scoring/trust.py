"""How far a confidence can be trusted, and what silence buys: calibration error, risk and coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from earsight_training.scoring.bootstrap import resampled
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.objects import made_up

COVERAGE = 0.85
"""Share of the photos that are spoken of, for the figures that are compared with always speaking."""
BINS = 10

_Statistic = Callable[[np.ndarray, np.ndarray], float]
"""Of confidences and of how many things each caption makes up."""


@dataclass(frozen=True)
class Figure:
    """low, high: the middle 95 % over resampled photos."""

    name: str
    value: float
    low: float
    high: float


def trust(confidence: np.ndarray, candidates: Sequence[Candidate]) -> list[Figure]:
    """The calibration error, what is made up always and at COVERAGE, and how much less that is.

    made-up: share of what is said with something made up. objects: how many are made up, for each caption
    that is said or for each photo, spoken of or not; the latter falls by the silence alone, too. confidence:
    0..1, of each candidate.
    """
    invented = np.array([len(made_up(c.caption, c.photo.captions)) for c in candidates], float)
    draws = list(resampled(len(candidates)))

    def figure(name: str, of: _Statistic) -> Figure:
        low, high = np.percentile([of(confidence[drawn], invented[drawn]) for drawn in draws], [2.5, 97.5])
        return Figure(name, of(confidence, invented), float(low), float(high))

    at = f"at {COVERAGE:.0%}"
    return [
        figure("calibration-error", lambda said, found: calibration_error(said, found == 0)),
        figure("made-up", lambda _, found: float((found > 0).mean())),
        figure(f"made-up {at}", lambda said, found: made_up_at(COVERAGE, said, found == 0)),
        figure(f"made-up {at}, less by", lambda said, found: _less(said, found > 0)),
        figure("objects made up", lambda _, found: float(found.mean())),
        figure(f"objects a caption {at}, less by", _less),
        figure(f"objects a photo {at}, less by", lambda said, found: 1 - COVERAGE * (1 - _less(said, found))),
    ]


def calibration_error(confidence: np.ndarray, truthful: np.ndarray) -> float:
    """Mean distance between confidence and truth over equally filled bins (Naeini et al., 2015).

    It is above 0 for the best of confidences too: with 1,000 photos and 10 bins, 0.03 is chance.
    """
    order = np.argsort(confidence, kind="stable")
    gaps = [
        len(part) * abs(float(confidence[part].mean()) - float(truthful[part].mean()))
        for part in np.array_split(order, BINS)
        if len(part)
    ]
    return sum(gaps) / len(order)


def surest(confidence: np.ndarray, coverage: float) -> np.ndarray:
    """Which ones to say, surest first, so that this share is spoken of: indices."""
    return np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]


def made_up_at(coverage: float, confidence: np.ndarray, truthful: np.ndarray) -> float:
    """The share of the surest captions that make something up: the risk at a coverage (Geifman and El-Yaniv,
    2017)."""
    return float(1 - truthful[surest(confidence, coverage)].mean())


def _less(confidence: np.ndarray, found: np.ndarray) -> float:
    """By which share the mean of found is less at COVERAGE than if everything were said."""
    return float(1 - found[surest(confidence, COVERAGE)].mean() / (found.mean() or 1.0))
