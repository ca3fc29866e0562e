"""How certain it is that a sentence was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE, Evidence, Hearing, certainty, compare

PHONES = [("SIL", 0, 9, -100), ("S", 10, 19, -100), ("T", 20, 29, -200), ("SIL", 30, 39, -100)]


def test_words_that_fit_as_well_as_any_phones() -> None:
    words = [("<sil>", 0, 9, -100), ("stop", 10, 29, -300), ("<sil>", 30, 39, -100)]
    found = compare(words, PHONES, 40.0)
    assert found is not None
    assert (found.fit, found.worst, found.covered) == (0.0, 0.0, 1.0)
    assert found.snr == 25.0
    assert certainty(found) > ACT_ABOVE


def test_words_that_fit_badly_or_leave_out_what_was_said() -> None:
    bad = compare([("<sil>", 0, 9, -100), ("find", 10, 19, -900), ("door", 20, 29, -1200)], PHONES, 40.0)
    assert bad is not None
    assert (bad.fit, bad.worst) == (-90.0, -100.0)
    assert certainty(bad) < ASK_ABOVE
    part = compare([("<sil>", 0, 19, -900), ("stop", 20, 29, -200)], PHONES, 40.0)
    assert part is not None
    assert (part.fit, part.covered) == (0.0, 0.5)
    assert certainty(part) < ASK_ABOVE


@pytest.mark.parametrize("words", [[], [("<sil>", 0, 39, -400)], [("[NOISE]", 0, 39, -1)]])
def test_nothing_was_said(words: list[tuple[str, int, int, int]]) -> None:
    assert compare(words, PHONES, 40.0) is None
    assert compare([("stop", 0, 9, -1)], [], 40.0) is None
    assert Hearing("", True, None).certainty == 0.0


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, st.floats(0, 1), st.floats(0, 25))
def test_a_certainty_is_a_probability_and_grows_with_the_fit(
    fit: float, worst: float, covered: float, snr: float
) -> None:
    found = certainty(Evidence(fit, worst, covered, snr))
    assert 0 <= found <= 1
    assert certainty(Evidence(fit + 1, worst, covered, snr)) >= found


def test_noise_makes_it_less_certain() -> None:
    assert certainty(Evidence(-15, -30, 1.0, 10)) < ACT_ABOVE < certainty(Evidence(-15, -30, 1.0, 25))
