"""Intervals of scores by the bootstrap (Efron, 1979): the photos are drawn again, with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000


@dataclass(frozen=True)
class Metric:
    """A score of a set of photos, with what it takes to compute it anew for any resampling of them."""

    name: str
    value: float
    per_photo: np.ndarray
    """The score of each photo by itself, float64 (photos,); nan where it has none."""
    statistics: np.ndarray
    """Numbers of each photo whose sums determine the score, float64 (photos, numbers)."""
    of_sums: Callable[[np.ndarray], np.ndarray]
    """The score from sums of the statistics, (..., numbers) to (...)."""


def mean_metric(name: str, per_photo: np.ndarray) -> Metric:
    """A score that is the mean of the photos' scores."""
    scores = np.asarray(per_photo, np.float64)
    return ratio_metric(name, scores, np.ones_like(scores), per_photo=scores)


def ratio_metric(name: str, part: np.ndarray, whole: np.ndarray, per_photo: np.ndarray) -> Metric:
    """A score that is the sum of one number over the sum of another; 0 where there is nothing of either."""
    statistics = np.stack([part, whole], -1).astype(np.float64)
    return Metric(name, float(_ratio(statistics.sum(0))), per_photo, statistics, _ratio)


def _ratio(sums: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = sums[..., 0] / np.maximum(sums[..., 1], 1e-12)
    return ratio


def interval(metric: Metric, resamples: int = RESAMPLES, seed: int = 0) -> tuple[float, float]:
    """The middle 95 % of the metric over resampled sets of photos (percentile bootstrap).

    With the same seed, all metrics of the same photos are computed on the same resamples.
    """
    photos = len(metric.statistics)
    sums = np.empty((resamples, metric.statistics.shape[1]))
    for row, drawn in zip(sums, resampled(photos, resamples, seed), strict=True):
        row[:] = np.bincount(drawn, minlength=photos) @ metric.statistics
    low, high = np.percentile(metric.of_sums(sums), [2.5, 97.5])
    return float(low), float(high)


def resampled(photos: int, resamples: int = RESAMPLES, seed: int = 0) -> Iterator[np.ndarray]:
    """Which photos are drawn each time, int64 (photos,)."""
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        yield generator.integers(photos, size=photos)
