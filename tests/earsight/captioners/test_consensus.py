import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.captioners.consensus import consensus

CAPTIONS = st.lists(
    st.tuples(st.text("abc ", max_size=12), st.floats(-20, 0, allow_nan=False)), min_size=1, max_size=8
)


def test_what_most_say_counts_for_more_than_what_one_says():
    dogs_and_cat = ["a dog runs", "a dog jumps", "a cat sleeps"]
    first, second, third = consensus(dogs_and_cat, [-1.0, -1.0, -1.0])
    assert first == second > third


def test_the_likely_ones_weigh_most():
    first, second, _ = consensus(["dogs", "cats", "cats"], [-1.0, -3.0, -3.0])
    assert first > 0.49 > second  # a caption of one word has no pairs: half is the most
    first, second, _ = consensus(["dogs", "cats", "cats"], [-1.0, -1.0, -1.0])
    assert first < second


def test_likeness_is_of_words_and_of_pairs():
    (one, _) = consensus(["a dog runs", "a dog"], [0.0, -math.inf])
    assert one == 1.0
    (_, other) = consensus(["a dog runs", "a dog"], [0.0, -100.0])
    assert other == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)


@given(CAPTIONS)
def test_it_is_a_share(captions):
    texts, scores = zip(*captions, strict=True)
    assert all(0 <= share <= 1 + 1e-9 for share in consensus(texts, scores))


def test_without_numbers_nothing_is_shared():
    assert consensus(["a dog", "a cat"], [math.nan, -1.0]) == [0.0, 0.0]
    assert consensus([], []) == []
