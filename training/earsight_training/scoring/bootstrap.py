"""Intervals of scores by the bootstrap (Efron, 1979): the photos are drawn again, with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000


@dataclass(frozen=True)
class Metric:
    """A score of a set of photos, with what it takes to compute it for any resampling of them.

    Attributes:
        name: What it is called in reports.
        value: Of all photos.
        per_photo: The score of each photo by itself, float64 (photos,); NaN where it has none.
        statistics: Numbers of each photo whose sums determine the score, float64 (photos, numbers).
        of_sums: The score from sums of the statistics, (..., numbers) to (...).
    """

    name: str
    value: float
    per_photo: np.ndarray
    statistics: np.ndarray
    of_sums: Callable[[np.ndarray], np.ndarray]


def mean_metric(name: str, per_photo: np.ndarray) -> Metric:
    """Make a score that is the mean of the photos' scores.

    Args:
        name: What it is called in reports.
        per_photo: Float (photos,).
    """
    scores = np.asarray(per_photo, np.float64)
    return ratio_metric(name, scores, np.ones_like(scores), per_photo=scores)


def ratio_metric(name: str, part: np.ndarray, whole: np.ndarray, per_photo: np.ndarray) -> Metric:
    """Make a score that is the sum of one number over the sum of another; 0 where there is nothing of either.

    Args:
        name: What it is called in reports.
        part: Float (photos,).
        whole: Float (photos,).
        per_photo: The score of each photo by itself, float (photos,).
    """
    statistics = np.stack([part, whole], -1).astype(np.float64)
    return Metric(name, float(_ratio(statistics.sum(0))), per_photo, statistics, _ratio)


def _ratio(sums: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = sums[..., 0] / np.maximum(sums[..., 1], 1e-12)
    return ratio


def interval(metric: Metric, resamples: int = RESAMPLES, seed: int = 0) -> tuple[float, float]:
    """Compute the 95 % interval of a metric (percentile bootstrap).

    With the same seed, all metrics of the same photos are computed on the same resamples.

    Args:
        metric: The metric.
        resamples: How often the photos are drawn again.
        seed: Of the drawing.

    Returns:
        Its lower and upper end.
    """
    photos = len(metric.statistics)
    sums = np.empty((resamples, metric.statistics.shape[1]))
    for row, drawn in zip(sums, resampled(photos, resamples, seed), strict=True):
        row[:] = np.bincount(drawn, minlength=photos) @ metric.statistics
    low, high = np.percentile(metric.of_sums(sums), [2.5, 97.5])
    return float(low), float(high)


def resampled(photos: int, resamples: int = RESAMPLES, seed: int = 0) -> Iterator[np.ndarray]:
    """Draw photos again, with replacement.

    Args:
        photos: How many there are.
        resamples: How often.
        seed: Of the drawing.

    Yields:
        Which photos are drawn, int64 (photos,).
    """
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        yield generator.integers(photos, size=photos)
