"""Where speech begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.end_of_speech import EndOfSpeech

QUIET, LOUD, OTHERS = -70.0, -25.0, -37.0
"""Levels in decibels: of a quiet room, of the wearer, and of people near by."""

WORD, BETWEEN, PAUSE = [(True, LOUD)] * 15, [(False, QUIET)] * 6, [(False, QUIET)] * 10


def heard(frames: list[tuple[bool, float]]) -> EndOfSpeech:
    end = EndOfSpeech(pause=0.3)
    for is_speech, level in frames:
        end.take(is_speech, level)
    return end


def test_a_click_is_no_speech_and_a_word_is() -> None:
    silence = [(False, QUIET)] * 50
    assert not heard([*silence, *[(True, LOUD)] * 4, *silence]).has_begun
    said = heard([*silence, *WORD[:10]])
    assert said.has_begun
    assert not said.has_ended


def test_it_ends_with_a_pause_and_not_between_words() -> None:
    assert not heard([*WORD, *BETWEEN, *WORD, *BETWEEN, *WORD]).has_ended
    assert heard([*WORD, *BETWEEN, *WORD, *PAUSE]).has_ended
    assert heard([*WORD, *PAUSE, *WORD]).has_ended, "what comes after the end does not undo it"


def test_other_people_who_talk_all_the_time_are_not_the_wearer() -> None:
    talk = [(True, OTHERS)] * 30
    said = heard([*talk, *WORD, *WORD, *talk])
    assert said.has_ended
    assert said.span == (30, 60)


def test_a_click_at_the_beginning_is_not_how_loud_the_wearer_is() -> None:
    said = heard([(False, -1.0), *[(False, QUIET)] * 20, *WORD, *PAUSE])
    assert said.has_ended
    assert said.span == (21, 36)


@pytest.mark.parametrize("soft", [LOUD - 5, LOUD - 15])
def test_soft_words_in_a_quiet_room_belong_to_it(soft: float) -> None:
    said = heard([*[(False, QUIET)] * 20, *WORD, *[(True, soft)] * 20, *PAUSE])
    assert said.has_ended
    assert said.span == (20, 55)


frames = st.lists(st.tuples(st.booleans(), st.floats(-90, 0)), min_size=1, max_size=80)


@given(frames)
def test_nothing_ends_that_has_not_begun(frames: list[tuple[bool, float]]) -> None:
    end = heard(frames)
    assert end.has_begun or not end.has_ended
    first, after = end.span
    assert 0 <= first < after <= len(frames)
