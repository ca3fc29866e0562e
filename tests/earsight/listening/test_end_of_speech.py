"""Where speech begins and ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.end_of_speech import EndOfSpeech


def heard(frames: list[bool]) -> EndOfSpeech:
    end = EndOfSpeech(pause=0.3)
    for frame in frames:
        end.take(frame)
    return end


def test_a_click_is_no_speech_and_a_word_is() -> None:
    assert not heard([False] * 50 + [True] * 4 + [False] * 50).has_begun
    said = heard([False] * 50 + [True] * 10)
    assert said.has_begun
    assert not said.has_ended


def test_it_ends_with_a_pause_and_not_between_words() -> None:
    word, between, pause = [True] * 15, [False] * 6, [False] * 10
    assert not heard([*word, *between, *word, *between, *word]).has_ended
    assert heard([*word, *between, *word, *pause]).has_ended
    assert heard([*word, *pause, *word]).has_ended, "what comes after the end does not undo it"


@given(st.lists(st.booleans(), max_size=80))
def test_nothing_ends_that_has_not_begun(frames: list[bool]) -> None:
    end = heard(frames)
    assert end.has_begun or not end.has_ended
