"""How far a detector agrees with a caption."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.vision.agreement import support


def odds(probability):
    return pytest.approx(math.log(probability / (1 - probability)))


PRESENCE = {"person": 0.9, "dog": 0.2, "horse": 0.6, "car": 0.3, "sofa bed": 0.5}


@pytest.mark.parametrize(
    ("caption", "probability"),
    [
        ("a man stands on the street", 0.9),
        ("a boy with a dog", 0.2),
        ("a dog", 0.2),
        ("two women beside a car", 0.3),
        ("an animal in the grass", 0.6),  # a horse is the likeliest one
        ("a vehicle", 0.3),
        ("a person on a horse", 0.6),
    ],
)
def test_it_is_the_least_likely_of_what_the_detector_knows(caption, probability):
    assert support(caption, "en", PRESENCE) == odds(probability)


@pytest.mark.parametrize(
    "caption", ["", "a guitar", "grass and sand", "a monkey in a room", "it is outdoors"]
)
def test_where_nothing_known_is_named_it_is_0(caption):
    assert support(caption, "en", PRESENCE) == 0


def test_captions_are_read_in_their_language():
    assert support("seorang pria dengan anjing", "id", PRESENCE) == odds(0.2)
    assert support("seorang pria dengan anjing", "en", PRESENCE) == 0


def test_in_a_language_that_nobody_reads_it_is_0():
    assert support("a dog", "tlh", PRESENCE) == 0


def test_without_a_detector_it_is_0():
    assert support("a man with a dog", "en", {}) == 0


@pytest.mark.parametrize(("probability", "expected"), [(0.0, -4), (1.0, 4), (1e-9, -4), (0.5, 0)])
def test_it_has_an_end(probability, expected):
    assert support("a dog", "en", {"dog": probability}) == pytest.approx(expected, abs=1e-9)


@given(st.text(), st.dictionaries(st.sampled_from(["person", "dog", "car", "tree"]), st.floats(0, 1)))
def test_whatever_a_captioner_says_it_is_a_number(caption, presence):
    assert -4.0001 < support(caption, "en", presence) < 4.0001
