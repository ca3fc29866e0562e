"""How far a confidence can be trusted, and what silence buys: calibration error, risk and coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from earsight_training.scoring.bootstrap import resampled
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.object_hallucination import made_up

COVERAGE = 0.85
"""Share of the photos that are spoken of, for the figures that are compared with always speaking."""
BINS = 10

_Statistic = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
"""Of confidences, and of how many things each caption that is said, and that of the search alone, makes
up."""


@dataclass(frozen=True)
class Estimate:
    """low, high: the middle 95 % over resampled photos."""

    name: str
    value: float
    low: float
    high: float


def confidence_estimates(said: Sequence[Candidate]) -> list[Estimate]:
    """The calibration error, and what is made up: by the search alone, in what is said, and of that at
    COVERAGE.

    made-up: share of the captions with something made up. objects: how many are made up, for each caption
    that is said or for each photo, spoken of or not; the latter falls by the silence alone, too. The search
    alone always says its likeliest caption; "less by" is against that.
    """
    confidence = np.array([candidate.confidence for candidate in said], float)
    invented = _made_up_counts(said)
    always = _made_up_counts([most_likely_caption(candidate) for candidate in said])
    draws = list(resampled(len(said)))

    def figure(name: str, of: _Statistic) -> Estimate:
        drawn = [of(confidence[draw], invented[draw], always[draw]) for draw in draws]
        low, high = np.percentile(drawn, [2.5, 97.5])
        return Estimate(name, of(confidence, invented, always), float(low), float(high))

    def at_coverage(sure: np.ndarray, found: np.ndarray) -> float:
        return float(found[most_confident(sure, COVERAGE)].mean())

    def less(now: float, before: np.ndarray) -> float:
        return 1 - now / (float(before.mean()) or 1.0)

    at = f"at {COVERAGE:.0%}"
    wrong, named = "made-up", "objects"
    return [
        figure("calibration-error", lambda sure, found, _: calibration_error(sure, found == 0)),
        figure(f"{wrong} by the search alone", lambda _, __, old: float((old > 0).mean())),
        figure(wrong, lambda _, found, __: float((found > 0).mean())),
        figure(f"{wrong} {at}", lambda sure, found, _: at_coverage(sure, found > 0)),
        figure(
            f"{wrong} {at}, less by", lambda sure, found, old: less(at_coverage(sure, found > 0), old > 0)
        ),
        figure(f"{named} by the search alone", lambda _, __, old: float(old.mean())),
        figure(named, lambda _, found, __: float(found.mean())),
        figure(
            f"{named} a caption {at}, less by", lambda sure, found, old: less(at_coverage(sure, found), old)
        ),
        figure(
            f"{named} a photo {at}, less by",
            lambda sure, found, old: less(COVERAGE * at_coverage(sure, found), old),
        ),
    ]


def most_likely_caption(candidate: Candidate) -> Candidate:
    """The caption that the search found likeliest, in which order soever the device says them."""
    captions = (candidate, *candidate.others)
    return max(
        captions, key=lambda c: (c.evidence.get("finished", 1.0), c.evidence.get("mean_log_prob", 0.0))
    )


def _made_up_counts(candidates: Sequence[Candidate]) -> np.ndarray:
    """How many objects each makes up, float64."""
    return np.array([len(made_up(c.caption, c.photo.captions)) for c in candidates], float)


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


def most_confident(confidence: np.ndarray, coverage: float) -> np.ndarray:
    """Which ones to say, surest first, so that this share is spoken of: indices."""
    return np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]


def risk_at(coverage: float, confidence: np.ndarray, truthful: np.ndarray) -> float:
    """The share of the surest captions that make something up: the risk at a coverage (Geifman and El-Yaniv,
    2017)."""
    return float(1 - truthful[most_confident(confidence, coverage)].mean())
