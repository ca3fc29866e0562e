from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_bundle.confidence import LIKELIEST_FIRST, Ranking
from earsight_bundle.manifest import Calibration
from earsight_training.confidence.calibration_fit import (
    best_caption,
    confidences,
    cross_fit,
    fit,
    select_and_fit,
    truthful,
)
from earsight_training.confidence.design_matrix import DesignMatrix
from earsight_training.confidence.selective_prediction import calibration_error
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.evaluate import Candidate

KNOWN = Calibration(
    bias=3.0, weights={"mean_log_prob": 2.0, "lowest_log_prob": 0.5}, words={"ball": -2.0, "dog": 1.0}
)
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
    return candidates, rng.random(len(candidates)) < confidences(KNOWN, candidates)


def test_known_weights_are_recovered_and_what_says_nothing_is_left_out(sample):
    found, _ = select_and_fit(*sample, np.arange(len(sample[0])))
    assert set(found.weights) == set(KNOWN.weights)
    assert found.bias == pytest.approx(KNOWN.bias, abs=0.8)
    assert found.weights["mean_log_prob"] == pytest.approx(2.0, abs=0.6)
    assert found.weights["lowest_log_prob"] == pytest.approx(0.5, abs=0.3)
    assert found.words["ball"] == pytest.approx(-2, abs=0.6)
    assert found.words["dog"] == pytest.approx(1, abs=0.6)
    assert abs(found.words["red"]) < 0.4
    assert "a" not in found.words  # in every caption
    gap = confidences(found, sample[0]) - confidences(KNOWN, sample[0])
    assert np.abs(gap).mean() < 0.05


def test_photos_that_count_twice_are_as_good_as_twice_the_photos(sample):
    candidates, truth = sample[0][:300], sample[1][:300]
    photos, often = np.arange(300), np.where(truth, 2.0, 1.0)
    counted = DesignMatrix(candidates, photos, often).fitted(truth.astype(float), (), None)
    share = (often * truth).sum() / often.sum()
    assert counted.bias == pytest.approx(np.log(share / (1 - share)), abs=1e-3)
    once, _ = select_and_fit(candidates, truth, photos)
    twice, _ = select_and_fit(candidates, truth, photos, often)
    assert confidences(twice, candidates).mean() > confidences(once, candidates).mean() + 0.05


def test_there_may_be_nothing_to_learn(sample):
    candidates, _ = sample
    coin = np.random.default_rng(3).random(len(candidates)) < 0.3
    found, log_odds = select_and_fit(candidates, coin, np.arange(len(candidates)))
    assert np.ptp(log_odds) < 0.2
    assert not found.weights
    assert confidences(found, candidates).mean() == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("count", [1, 30])
def test_one_sided_evidence_stays_finite(sample, truth, count):
    candidates = sample[0][:count]
    found, _ = select_and_fit(candidates, np.full(count, truth), np.arange(count))
    confidence = confidences(found, candidates)
    assert np.isfinite(confidence).all()
    assert (abs(confidence - truth) < 0.1).all()


def test_a_picture_of_nothing_is_doubted(sample):
    (candidate, *_), _ = sample
    nothing = Candidate(PHOTO, candidate.caption, None, {**candidate.evidence, "informative": 0.1})
    assert confidences(KNOWN, [nothing])[0] == pytest.approx(0.1 * confidences(KNOWN, [candidate])[0])


SURE_WORDS = {"dog": 0.9, "cat": 0.5, "ball": 0.2}
"""How often each is in the picture."""


@pytest.fixture(scope="module")
def searched():
    """Two captions of each photo, the likelier first, that name one thing each, which may be there or not."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(800):
        shown = [word for word, share in SURE_WORDS.items() if rng.random() < share]
        photo = CaptionedPhoto(Path("a.jpg"), tuple(f"a {word}" for word in shown) or ("a",))
        means = np.sort(-rng.gamma(4, 0.2, 2))[::-1]
        first, second = (
            Candidate(photo, f"a {word}", None, {"mean_log_prob": mean, "finished": 1.0})
            for word, mean in zip(rng.choice(list(SURE_WORDS), 2, replace=False), means, strict=True)
        )
        found.append(replace(first, others=(second,)))
    return found


def test_what_is_said_is_likely_and_not_made_up(searched):
    calibration = fit(searched, Ranking(order=0.3))
    said = [best_caption(calibration, candidate) for candidate in searched]
    assert truthful(said).mean() > truthful(searched).mean() + 0.05
    for word, share in SURE_WORDS.items():
        of_word = [candidate for candidate in said if candidate.caption == f"a {word}"]
        assert confidences(calibration, of_word).mean() == pytest.approx(share, abs=0.1)


def test_without_an_order_the_search_decides(searched):
    calibration = fit(searched, LIKELIEST_FIRST)
    assert [best_caption(calibration, candidate) for candidate in searched] == searched


def test_a_caption_that_was_cut_short_is_not_preferred(searched):
    (first,) = searched[0].others
    short = Candidate(first.photo, "a dog", None, {"mean_log_prob": 0.0, "finished": 0.0})
    assert best_caption(fit(searched, Ranking(order=0.3)), replace(short, others=(first,))) == first


def test_crossed_confidence_is_calibrated(searched):
    said = cross_fit(searched, Ranking(order=0.3))
    confidence = np.array([candidate.confidence for candidate in said])
    assert calibration_error(confidence, truthful(said)) < 0.08
    assert all(candidate.others for candidate in said)


def test_crossed_confidence_has_not_seen_the_truth_that_it_is_measured_by():
    """Ten captions have each word: a fit that saw them all would know half of it."""
    rng = np.random.default_rng(2)
    photos = [CaptionedPhoto(Path(f"{i}.jpg"), ("a dog" if rng.random() < 0.5 else "a",)) for i in range(400)]
    evidence = {"mean_log_prob": -1.0}
    said = cross_fit(
        [Candidate(photo, f"a w{i // 10} dog", None, evidence) for i, photo in enumerate(photos)]
    )
    confidence = np.array([candidate.confidence for candidate in said])
    assert abs(confidence - 0.5).mean() < 0.25
    assert abs(np.corrcoef(confidence, truthful(said))[0, 1]) < 0.2
