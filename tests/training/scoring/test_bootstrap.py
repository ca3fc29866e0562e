import numpy as np
import pytest

from earsight_training.scoring.bootstrap import interval, mean_metric, ratio_metric


def test_the_interval_of_a_mean():
    """Against the textbook: the mean plus and minus 1.96 standard errors."""
    scores = np.random.default_rng(5).normal(0.4, 0.2, 800)
    metric = mean_metric("CIDEr", scores)
    error = 1.96 * scores.std() / np.sqrt(len(scores))
    assert metric.value == pytest.approx(scores.mean())
    assert interval(metric) == pytest.approx((scores.mean() - error, scores.mean() + error), abs=0.1 * error)


def test_the_interval_is_that_of_resampled_photos():
    """Against the plain way: the photos drawn are scored, not their sums."""
    part, whole = np.array([1.0, 0, 4, 2, 0]), np.array([2.0, 3, 4, 3, 1])
    metric = ratio_metric("CHAIR_i", part, whole, part / whole)
    generator = np.random.default_rng(9)
    drawn = [generator.integers(5, size=5) for _ in range(200)]
    plain = np.percentile([part[some].sum() / whole[some].sum() for some in drawn], [2.5, 97.5])
    assert interval(metric, resamples=200, seed=9) == pytest.approx(tuple(plain))


def test_the_same_seed_gives_the_same_interval():
    metric = mean_metric("CIDEr", np.arange(20.0))
    assert interval(metric) == interval(metric)
    assert interval(metric) != interval(metric, seed=1)


def test_nothing_of_anything_is_zero():
    metric = ratio_metric("CHAIR_i", np.zeros(3), np.zeros(3), np.full(3, np.nan))
    assert metric.value == 0
    assert interval(metric) == (0, 0)


def test_equal_photos_leave_no_doubt():
    assert interval(mean_metric("ROUGE-L", np.full(7, 0.25))) == (0.25, 0.25)
