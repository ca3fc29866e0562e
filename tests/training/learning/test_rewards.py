import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_training.learning.rewards import Rewards

CAPTIONS = [
    ["a dog runs on the grass", "a brown dog runs over a field"],
    ["two men sit on a bench", "men on a bench in a park"],
    ["a girl in a red dress", "a small girl plays"],
]
WORDS = st.lists(st.sampled_from("a dog man girl runs sits on the bench grass red".split()), max_size=12)


@pytest.fixture(scope="module")
def rewards():
    return Rewards(CAPTIONS, penalty=0.0)


def test_what_all_references_say_is_worth_ten(rewards):
    assert rewards.of(["a dog runs on the grass"], ["a dog runs on the grass"] * 3) == [pytest.approx(10)]


def test_one_word_by_hand():
    """Two photos; "dog" is in one of them, "a" in both, so that it weighs nothing."""
    rewards = Rewards([["a dog"], ["a cat"]], penalty=0.0)
    (worth,) = rewards.of(["dog"], ["a dog"])
    # Of one word the cosine is 1, longer n-grams have no match; one word less costs exp(-1 / 72).
    assert worth == pytest.approx(10 / 4 * math.exp(-1 / 72))


def test_better_captions_are_worth_more(rewards):
    worth = rewards.of(["a dog runs on the grass", "a dog on the grass", "a dog", "two men sit"], CAPTIONS[0])
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] == 0


def test_saying_it_twice_is_worth_less(rewards):
    once, twice = rewards.of(["a dog runs on the grass", "a dog runs on the grass a dog runs"], CAPTIONS[0])
    assert twice < once


@given(words=WORDS, references=st.lists(WORDS.filter(bool), min_size=1, max_size=3))
def test_always_between_nothing_and_ten(rewards, words, references):
    (worth,) = rewards.of([" ".join(words)], [" ".join(reference) for reference in references])
    assert 0 <= worth <= 10 + 1e-9


def test_what_is_not_in_the_picture_is_fined():
    fined = Rewards(CAPTIONS, penalty=0.5)
    free = Rewards(CAPTIONS, penalty=0.0)
    texts = ["a dog runs on the grass", "a dog and a girl run on the grass"]
    differences = [
        a - b for a, b in zip(free.of(texts, CAPTIONS[0]), fined.of(texts, CAPTIONS[0]), strict=True)
    ]
    assert differences == [0, pytest.approx(0.5)]
