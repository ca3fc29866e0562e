"""How far a confidence can be relied on, and what abstaining gains: calibration error, risk and coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from earsight_bundle.confidence import LIKELIEST_FIRST
from earsight_training.scoring.bootstrap import resampled
from earsight_training.scoring.evaluate import Candidate

COVERAGE = 0.85
"""Share of the photos that are described, for the figures that are compared with describing all."""
BINS = 10
"""Of the calibration error."""


@dataclass(frozen=True)
class Estimate:
    """A figure of a set of photos.

    Attributes:
        name: What it is called in reports.
        value: Over all photos.
        low: The lower end of its 95 % interval over resampled photos.
        high: The upper end.
    """

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Sample:
    """Captions, one for each photo.

    Attributes:
        confidence: Float64 (photos,).
        made_up: How many objects each caption makes up, float64 (photos,).
        baseline: How many objects the search's likeliest caption makes up, float64 (photos,).
    """

    confidence: np.ndarray
    made_up: np.ndarray
    baseline: np.ndarray

    def drawn(self, photos: np.ndarray) -> _Sample:
        return _Sample(self.confidence[photos], self.made_up[photos], self.baseline[photos])

    def at_coverage(self) -> np.ndarray:
        """made_up of what is said at COVERAGE."""
        said: np.ndarray = self.made_up[most_confident(self.confidence, COVERAGE)]
        return said


def _less(now: float, before: float) -> float:
    return 1 - now / (before or 1.0)


_AT = f"at {COVERAGE:.0%}"
_STATISTICS: dict[str, Callable[[_Sample], float]] = {
    "calibration-error": lambda s: calibration_error(s.confidence, s.made_up == 0),
    "made-up by the search alone": lambda s: (s.baseline > 0).mean(),
    "made-up": lambda s: (s.made_up > 0).mean(),
    f"made-up {_AT}": lambda s: (s.at_coverage() > 0).mean(),
    f"made-up {_AT}, less by": lambda s: _less((s.at_coverage() > 0).mean(), (s.baseline > 0).mean()),
    "objects by the search alone": lambda s: s.baseline.mean(),
    "objects": lambda s: s.made_up.mean(),
    f"objects a caption {_AT}, less by": lambda s: _less(s.at_coverage().mean(), s.baseline.mean()),
    f"objects a photo {_AT}, less by": lambda s: _less(COVERAGE * s.at_coverage().mean(), s.baseline.mean()),
}
"""made-up: the share of the captions with an object that is made up. objects: how many are made up, for each
caption that is said, or for each photo, described or not; the latter falls by abstaining alone, too. The
search alone says its likeliest caption; "less by" is relative to that."""


def confidence_estimates(candidates: Sequence[Candidate]) -> list[Estimate]:
    """Estimate the calibration error, and what is made up: by the search alone, in what is said, at COVERAGE.

    Args:
        candidates: What a device says, with its confidence.

    Returns:
        An estimate for each of _STATISTICS.
    """
    confidence = np.array([candidate.confidence for candidate in candidates], float)
    baseline = _made_up_counts([most_likely_caption(candidate) for candidate in candidates])
    sample = _Sample(confidence, _made_up_counts(candidates), baseline)
    draws = [sample.drawn(photos) for photos in resampled(len(candidates))]
    estimates = []
    for name, statistic in _STATISTICS.items():
        low, high = np.percentile([statistic(draw) for draw in draws], [2.5, 97.5])
        estimates.append(Estimate(name, float(statistic(sample)), float(low), float(high)))
    return estimates


def most_likely_caption(candidate: Candidate) -> Candidate:
    """Return the caption that the search found likeliest, whichever the device says first."""

    def likelihood(caption: Candidate) -> tuple[float, float]:
        return LIKELIEST_FIRST.key({"mean_log_prob": 0.0, **caption.evidence}, 0.0)

    return max((candidate, *candidate.others), key=likelihood)


def _made_up_counts(candidates: Sequence[Candidate]) -> np.ndarray:
    """How many objects each makes up, float64."""
    return np.array([len(candidate.made_up) for candidate in candidates], float)


def calibration_error(confidence: np.ndarray, truthful: np.ndarray) -> float:
    """Compute the expected calibration error over equally filled bins (Naeini et al., 2015).

    It is above 0 for a perfect confidence too: with 1,000 photos and 10 bins, 0.03 is chance.

    Args:
        confidence: Float (photos,), 0 to 1.
        truthful: Bool (photos,).

    Returns:
        The mean distance between confidence and truth, 0 to 1.
    """
    order = np.argsort(confidence, kind="stable")
    gaps = [
        len(part) * abs(float(confidence[part].mean()) - float(truthful[part].mean()))
        for part in np.array_split(order, BINS)
        if len(part)
    ]
    return sum(gaps) / len(order)


def most_confident(confidence: np.ndarray, coverage: float) -> np.ndarray:
    """Choose which captions to say.

    Args:
        confidence: Float (photos,).
        coverage: Share of the photos to describe, 0 to 1; at least one is.

    Returns:
        Their indices, the most confident first.
    """
    return np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]


def risk_at(coverage: float, confidence: np.ndarray, truthful: np.ndarray) -> float:
    """Compute the risk at a coverage (Geifman and El-Yaniv, 2017).

    Args:
        coverage: Share of the photos to describe, 0 to 1.
        confidence: Float (photos,).
        truthful: Bool (photos,).

    Returns:
        The share of the most confident captions that make something up, 0 to 1.
    """
    return float(1 - truthful[most_confident(confidence, coverage)].mean())
