from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.bundles.calibration import Calibration, crossed_confidence, fit, regression
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.trust import calibration_error

KNOWN = Calibration(3.0, {"mean_log_prob": 2.0, "lowest_log_prob": 0.5}, {"ball": -2.0, "dog": 1.0})
PHOTO = CaptionedPhoto(Path("a.jpg"), ("a dog",))


@pytest.fixture(scope="module")
def sample():
    """Captions as decoding yields them, of which as many are true as KNOWN says."""
    rng = np.random.default_rng(7)
    candidates = []
    for _ in range(2500):
        mean = -rng.gamma(4, 0.25)
        evidence = {
            "mean_log_prob": mean,
            "lowest_log_prob": mean - rng.gamma(3, 0.7),
            "agreement": rng.random(),  # says nothing here
            "tokens": 8.0,
        }
        caption = "a " + " ".join(word for word in ("dog", "ball", "red") if rng.random() < 0.4)
        candidates.append(Candidate(PHOTO, caption, None, evidence))
    return candidates, (rng.random(len(candidates)) < KNOWN.confidence(candidates)).tolist()


def test_known_weights_are_recovered_and_what_says_nothing_is_left_out(sample):
    found = fit(*sample)
    assert set(found.weights) == set(KNOWN.weights)
    assert found.bias == pytest.approx(KNOWN.bias, abs=0.8)
    assert found.weights["mean_log_prob"] == pytest.approx(2.0, abs=0.6)
    assert found.weights["lowest_log_prob"] == pytest.approx(0.5, abs=0.3)
    assert found.words["ball"] == pytest.approx(-2, abs=0.6)
    assert found.words["dog"] == pytest.approx(1, abs=0.6)
    assert abs(found.words["red"]) < 0.4
    assert "a" not in found.words  # in every caption
    gap = found.confidence(sample[0]) - KNOWN.confidence(sample[0])
    assert np.abs(gap).mean() < 0.05


def test_there_may_be_nothing_to_learn(sample):
    candidates, _ = sample
    coin = (np.random.default_rng(3).random(len(candidates)) < 0.3).tolist()
    found = fit(candidates, coin)
    assert not found.weights
    assert found.confidence(candidates).mean() == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("count", [1, 30])
def test_one_sided_evidence_stays_finite(sample, truth, count):
    candidates = sample[0][:count]
    confidence = fit(candidates, [truth] * count).confidence(candidates)
    assert np.isfinite(confidence).all()
    assert (abs(confidence - truth) < 0.1).all()


def test_a_picture_of_nothing_is_doubted(sample):
    (candidate, *_), _ = sample
    nothing = Candidate(PHOTO, candidate.caption, None, {**candidate.evidence, "something": 0.1})
    assert KNOWN.confidence([nothing])[0] == pytest.approx(0.1 * KNOWN.confidence([candidate])[0])


def test_crossed_confidence_is_calibrated(sample):
    candidates, truthful = sample
    crossed = crossed_confidence(candidates, truthful)
    assert calibration_error(crossed, np.array(truthful)) < 0.05
    assert np.abs(crossed - KNOWN.confidence(candidates)).mean() < 0.06


def test_crossed_confidence_has_not_seen_the_truth_that_it_is_measured_by():
    """Ten captions have each word: a fit that saw them all would know half of it."""
    candidates = [Candidate(PHOTO, f"a w{index // 10}", None, {}) for index in range(400)]
    truthful = (np.random.default_rng(2).random(400) < 0.5).tolist()
    crossed = crossed_confidence(candidates, truthful)
    assert abs(np.corrcoef(crossed, truthful)[0, 1]) < 0.2


def test_regression_by_importance():
    inputs = np.ones((3, 1))
    targets = np.array([1.0, 0.0, 0.0])
    (weight,) = regression(inputs, targets, np.array([1e-9]), np.array([6.0, 1.0, 1.0]))
    assert 1 / (1 + np.exp(-weight)) == pytest.approx(6 / 8)
