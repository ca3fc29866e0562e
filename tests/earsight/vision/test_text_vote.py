"""The vote of several frames on what a line says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.scene import AimingHint, Box, Reading, TextLine
from earsight.vision.text_vote import is_settled, vote

BOX = Box(0.1, 0.1, 0.5, 0.2)
LINES = st.builds(
    TextLine, st.text("EXIT1l ", min_size=1, max_size=6), st.floats(0, 1), st.just(BOX), st.none(), st.just(0)
)
READINGS = st.builds(Reading, st.lists(LINES, max_size=4).map(tuple))


def read(*lines):
    return Reading(tuple(TextLine(text, confidence, BOX) for text, confidence in lines))


def said(reading):
    return [line.text for line in reading.lines]


def test_two_frames_outvote_one():
    voted = vote([read(("EX1T", 0.5)), read(("EXIT", 0.45)), read(("EXIT", 0.4))])
    assert said(voted) == ["EXIT"]


def test_one_sure_frame_outvotes_two_doubtful_ones():
    voted = vote([read(("EX1T", 0.3)), read(("EX1T", 0.3)), read(("EXIT", 0.97))])
    assert said(voted) == ["EXIT"]


def test_agreement_raises_confidence_and_dissent_lowers_it():
    alone = read(("Platform 4", 0.7))
    agreed = vote([alone, alone]).lines[0].confidence
    disputed = vote([alone, read(("Platform 1", 0.6))]).lines[0].confidence
    assert disputed < 0.7 < agreed < 1


def test_lines_are_matched_in_their_order():
    first = read(("Monday 8 to 5", 0.6), ("Tuesday 8 to 5", 0.6), ("Wednesday 8 to 6", 0.6))
    second = read(("Monday 8 to 5", 0.8), ("Wednesday 8 to 5", 0.8))
    assert said(vote([first, second])) == ["Monday 8 to 5", "Tuesday 8 to 5", "Wednesday 8 to 5"]


def test_lines_and_hints_are_those_of_the_fullest_frame():
    blurred = replace(read(("EX", 0.3)), hints=frozenset({AimingHint.BLURRED}))
    sharp = read(("EXIT", 0.9), ("Way out", 0.9))
    voted = vote([blurred, sharp])
    assert said(voted) == ["EXIT", "Way out"]
    assert voted.hints == frozenset()


@pytest.mark.parametrize(
    ("reading", "settled"),
    [(read(), False), (read(("EXIT", 0.95)), True), (read(("EXIT", 0.95), ("?", 0.4)), False)],
)
def test_only_a_reading_without_doubt_is_settled(reading, settled):
    assert is_settled(reading) is settled


@given(READINGS)
def test_one_frame_decides_alone(reading):
    assert vote([reading]) == reading


@given(READINGS)
def test_a_frame_that_was_read_twice_says_the_same_and_is_at_least_as_sure(reading):
    voted = vote([reading, reading])
    assert said(voted) == said(reading)
    assert all(a.confidence >= b.confidence - 1e-9 for a, b in zip(voted.lines, reading.lines, strict=True))


@given(st.lists(READINGS, min_size=1, max_size=4))
def test_nothing_is_said_that_no_frame_has(readings):
    voted = vote(readings)
    texts = {line.text for reading in readings for line in reading.lines}
    assert {line.text for line in voted.lines} <= texts
    assert all(0 <= line.confidence <= 1 for line in voted.lines)
    assert len(voted.lines) in {len(reading.lines) for reading in readings}
