import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_bundle.confidence import (
    LIKELIEST_FIRST,
    UNCALIBRATED,
    Ranking,
    confidence,
    familiarity,
    informative,
    log_odds,
    logistic,
)
from earsight_bundle.manifest import Calibration
from earsight_bundle.thresholds import MAYBE_ABOVE, PLAIN_ABOVE, PROBABLY_ABOVE


def test_log_odds_are_of_features_and_words():
    calibration = Calibration(
        bias=1.0, weights={"mean_log_prob": 2.0, "lowest_log_prob": 0.5}, words={"dog": 0.25, "cat": -9}
    )
    evidence = {"mean_log_prob": -1.0, "lowest_log_prob": -3.0, "tokens": 4.0}
    assert log_odds(calibration, "a dog and a dog", evidence) == pytest.approx(1 - 2 - 1.5 + 0.25)


def test_a_feature_that_is_missing_is_no_zero():
    with pytest.raises(KeyError, match="agreement"):
        log_odds(Calibration(bias=0.0, weights={"agreement": 1.0}), "a dog", {})


@given(st.floats())
def test_a_logistic_is_a_probability(value):
    assert 0 <= logistic(value) <= 1


def test_what_is_no_number_is_not_believed():
    assert logistic(math.nan) == 0
    assert LIKELIEST_FIRST.key({"mean_log_prob": math.nan}, 0.0) < LIKELIEST_FIRST.key(
        {"mean_log_prob": -100.0}, 0.0
    )


def test_an_uninformative_image_is_doubted():
    assert confidence(0.0, {}) == 0.5
    assert confidence(0.0, {"informative": 0.1}) == pytest.approx(0.05)


def test_what_is_likely_and_not_made_up_comes_first():
    likely, sure = {"mean_log_prob": -1.0, "finished": 1.0}, {"mean_log_prob": -1.2, "finished": 1.0}
    cautious = Ranking(order=0.1)
    assert cautious.key(likely, 0.0) > cautious.key(sure, 1.0)
    assert cautious.key(likely, 0.0) < cautious.key(sure, 3.0)
    assert cautious.key(likely | {"finished": 0.0}, 90.0) < cautious.key(sure, 0.0)


def test_what_others_say_too_comes_first_as_far_as_it_is_worth():
    likely, shared = {"mean_log_prob": -1.0, "consensus": 0.2}, {"mean_log_prob": -1.2, "consensus": 0.7}
    assert LIKELIEST_FIRST.key(likely, 0.0) > LIKELIEST_FIRST.key(shared, 0.0)
    assert Ranking(consensus=0.3).key(likely, 0.0) > Ranking(consensus=0.3).key(shared, 0.0)
    assert Ranking(consensus=0.5).key(likely, 0.0) < Ranking(consensus=0.5).key(shared, 0.0)


def test_what_an_embedding_tells():
    scenes, embedding = np.eye(3)[:2], np.array([0.6, 0.8, 0.0])
    assert familiarity(scenes, embedding) == pytest.approx(0.8)
    assert informative(np.array([1.0, 1.0, 0.0, -1.4]), embedding) == pytest.approx(0.5)


def test_an_uncalibrated_model_is_worded_with_doubt():
    assert MAYBE_ABOVE < confidence(log_odds(UNCALIBRATED, "a dog", {}), {}) < PROBABLY_ABOVE < PLAIN_ABOVE
