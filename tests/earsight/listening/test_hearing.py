"""How certain it is that a command was said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE, Evidence, Hearing, certainty, compare


def heard(**changes: Any) -> dict[str, Any]:
    """What the recogniser tells of a command that was said clearly, but for some changes."""
    clear = {
        "text": "find the door",
        "seconds": 0.9,
        "free": -0.5,
        "command": -0.7,
        "rival": -9.0,
        "ends": -0.1,
    }
    return {**clear, **changes}


def test_what_is_as_likely_as_any_text_is_done() -> None:
    found = compare(heard())
    assert found is not None
    assert round(found.fit, 3) == -0.2
    assert certainty(found) > ACT_ABOVE


def test_what_speaks_against_a_command() -> None:
    for against in (
        {"command": -17.0},  # anything else is likelier
        {"free": -16.0, "command": -17.0, "rival": -17.1},  # nothing fits
        {"command": -6.0, "ends": -6.0},  # "... in Tokyo"
        {"command": -6.0, "seconds": 4.0},
    ):
        assert certainty(compare(heard(**against))) < ASK_ABOVE, against


@pytest.mark.parametrize(("fit", "alone"), [(-7.0, -12.5), (-8.5, -9.0)])
def test_what_is_very_unlikely_is_nothing_whatever_the_rest_says(fit: float, alone: float) -> None:
    assert certainty(Evidence(fit, alone, margin=10.0, ends=0.0, longer=0.0)) == 0.0
    assert certainty(Evidence(fit + 1, alone + 1, margin=10.0, ends=0.0, longer=0.0)) > 0.0


def test_nothing_was_said() -> None:
    assert compare({"text": "", "spoke": False}) is None
    assert Hearing("", True, None).certainty == 0.0


def test_a_text_that_was_missed_on_the_way_speaks_for_nothing() -> None:
    assert compare(heard(free=-60.0)) == compare(heard(free=-0.7))


numbers = st.floats(-1e6, 0)


@given(numbers, numbers, st.floats(0, 10), numbers, st.floats(0, 10))
def test_a_certainty_is_a_probability_and_grows_with_what_speaks_for_it(
    fit: float, alone: float, margin: float, ends: float, longer: float
) -> None:
    found = certainty(Evidence(fit, alone, margin, ends, longer))
    assert 0 <= found <= 1
    assert certainty(Evidence(fit + 1, alone + 1, margin + 1, ends + 1, longer)) >= found
    assert certainty(Evidence(fit, alone, margin, ends, longer + 1)) <= found
