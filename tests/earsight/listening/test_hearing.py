"""How certain it is that a sentence was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE, Evidence, Hearing, certainty, compare

PHONES = [("SIL", 0, 9, -100), ("S", 10, 19, -100), ("T", 20, 29, -200), ("SIL", 30, 39, -100)]


def test_words_that_fit_as_well_as_any_phones() -> None:
    words = [("<sil>", 0, 9, -100), ("stop", 10, 29, -300), ("<sil>", 30, 39, -100)]
    found = compare(words, PHONES)
    assert found is not None
    assert (found.fit, found.worst, found.covered, found.between) == (0.0, 0.0, 1.0, 0.0)
    assert certainty(found) > ACT_ABOVE


def test_words_that_fit_badly_or_leave_out_what_was_said() -> None:
    bad = compare([("<sil>", 0, 9, -100), ("find", 10, 19, -900), ("door", 20, 29, -1200)], PHONES)
    assert bad is not None
    assert (bad.fit, bad.worst) == (-90.0, -100.0)
    assert certainty(bad) < ASK_ABOVE
    part = compare([("<sil>", 0, 19, -900), ("stop", 20, 29, -200)], PHONES)
    assert part is not None
    assert (part.fit, part.covered, part.between) == (0.0, 0.5, -70.0)
    assert certainty(part) < ACT_ABOVE


@pytest.mark.parametrize("words", [[], [("<sil>", 0, 39, -400)], [("[NOISE]", 0, 39, -1)]])
def test_nothing_was_said(words: list[tuple[str, int, int, int]]) -> None:
    assert compare(words, PHONES) is None
    assert compare([("stop", 0, 9, -1)], []) is None
    assert Hearing("", True, None).certainty == 0.0


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, numbers, numbers, st.floats(0, 10))
def test_a_certainty_is_a_probability_and_grows_with_the_fit(
    fit: float, worst: float, covered: float, between: float, length: float
) -> None:
    found = certainty(Evidence(fit, worst, covered, between, length))
    assert 0 <= found <= 1
    assert certainty(Evidence(fit + 1, worst, covered, between, length)) >= found
