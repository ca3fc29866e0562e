import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.bundles.calibration import Calibration, expected_calibration_error, fit

KNOWN = Calibration(bias=3.0, mean_log_prob=2.0, lowest_log_prob=0.5)


@pytest.fixture(scope="module")
def sample():
    """Captions as decoding yields them, of which as many are true as KNOWN says."""
    rng = np.random.default_rng(7)
    mean = -rng.gamma(4, 0.25, 40_000)
    features = np.column_stack([mean, mean - rng.gamma(3, 0.7, len(mean))])
    return features, list(rng.random(len(mean)) < KNOWN.confidence(features))


def test_known_weights_are_recovered(sample):
    found = fit(*sample)
    assert found.bias == pytest.approx(KNOWN.bias, abs=0.15)
    assert found.mean_log_prob == pytest.approx(KNOWN.mean_log_prob, abs=0.15)
    assert found.lowest_log_prob == pytest.approx(KNOWN.lowest_log_prob, abs=0.1)


@pytest.mark.parametrize("truth", [True, False])
def test_one_sided_evidence_stays_finite(truth):
    features = np.column_stack([np.linspace(-2, 0, 30), np.linspace(-6, -1, 30)])
    confidence = fit(features, [truth] * 30).confidence(features)
    assert np.isfinite(confidence).all()
    assert (abs(confidence - truth) < 0.1).all()


def test_the_error_is_small_for_the_truth_and_large_for_the_overconfident(sample):
    features, truthful = sample
    confidence = KNOWN.confidence(features)
    assert expected_calibration_error(list(confidence), truthful) < 0.015
    assert expected_calibration_error([1.0] * len(truthful), truthful) == pytest.approx(
        1 - np.mean(truthful), abs=1e-9
    )


def test_the_error_by_hand():
    assert expected_calibration_error(
        [0.1, 0.2, 0.9, 0.8], [False, True, True, True], bins=2
    ) == pytest.approx((abs(0.15 - 0.5) + abs(0.85 - 1)) / 2)
