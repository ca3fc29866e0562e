"""What a wearer hears of text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.languages import load_language
from earsight.language.reading import LONGEST, passages, said, sign, spelled
from earsight.language.utterance import Priority, Quotation, utterance
from earsight.scene import AimingHint, Box, Problem, Reading, Scene, TextLine


def line(
    text: str,
    confidence: float = 0.95,
    language: str | None = "en",
    block: int = 0,
    height: float = 0.1,
) -> TextLine:
    return TextLine(text, confidence, Box(0.1, 0.1, 0.9, 0.1 + height), language, block)


def heard(*lines: TextLine, language: str = "en", hints: tuple[AimingHint, ...] = (), **more: Any) -> str:
    scene = Scene(0.0, text=Reading(lines, frozenset(hints), **more))
    spoken = load_language(language)
    return said(passages(scene, spoken), spoken)


def test_lines_are_read_in_order() -> None:
    assert heard(line("PUSH"), line("Opening hours"), line("08:00 - 17:30")) == (
        "Push. Opening hours. 8 o'clock to 17:30."
    )


def test_each_line_is_read_in_its_own_language() -> None:
    """A number, whose language nobody can tell, is read in the wearer's."""
    lines = (line("EXIT"), line("KELUAR", language="id"), line("07.30", language=None))
    told = passages(Scene(0.0, text=Reading(lines)), load_language("id"))
    assert [passage.words for passage in told] == [
        (Quotation("Exit", "en"),),
        (Quotation("Keluar", "id"),),
        (Quotation("pukul 7:30", "id"),),
    ]


def test_a_sentence_over_several_lines_is_read_as_one() -> None:
    lines = [line("Please ring the bell and"), line("wait for the atten-"), line("dant. Then"), line("Enter")]
    assert heard(*lines) == "Please ring the bell and wait for the attendant. Then. Enter."
    assert heard(line("Room"), line("service", block=1)) == "Room. service."


def test_a_sentence_goes_on_with_a_capital_or_a_number_after_a_line_that_can_not_end_it() -> None:
    assert heard(line("Please pay before 21"), line("November")) == "Please pay before 21. November."
    long = "Please pay the whole of what is due before 21"
    assert heard(line(long), line("November")) == f"{long} November."
    assert heard(line("Your new balance is"), line("No. 5")) == "Your new balance is number 5."


def test_a_long_paragraph_has_no_stops_that_are_not_printed() -> None:
    words = "the committee met to discuss the budget for new lamps in the hall and the stairs"
    paragraph = [
        line(f"On Tuesday {words} and"),
        *[line(f"then {words} and")] * 3,
        line("then left. Minutes of"),
    ]
    paragraph.append(line(f"that day follow below, of which {words} is the first. No. 5"))
    told = heard(*paragraph)
    assert told == " ".join(each.text for each in paragraph).replace("No.", "number") + "."


def test_passages_are_whole_sentences() -> None:
    sentence = "Please bring your card and a pen to the meeting on Monday."
    told = passages(Scene(0.0, text=Reading((line(" ".join([sentence] * 5)),))), load_language("en"))
    assert [passage.verbatim for passage in told] == [f"{sentence} {sentence}"] * 2 + [sentence]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((line("EXIT", 0.6),), "Exit."),
        ((line("EXIT", 0.59),), "Unclear: Exit."),
        ((line("EX1T", 0.2),), "One line is unclear."),
        ((line("A", 0.1), line("B", 0.2), line("Exit")), "2 lines are unclear. Exit."),
    ],
)
def test_doubt_is_said(lines: tuple[TextLine, ...], expected: str) -> None:
    assert heard(*lines) == expected


def test_where_nothing_is_read() -> None:
    assert heard() == "No text found."
    assert heard(hints=(AimingHint.BLURRED,)) == "The picture is too blurred to read."
    assert heard(unreadable=True) == "There is text in a script that I can't read aloud."
    assert heard(rest=lambda *_: Reading()) == "There is more text further down; I had no time for all of it."
    spoken = load_language("en")
    dark = passages(Scene(0.0, problem=Problem.DARK), spoken)
    assert said(dark, spoken) == "The picture is too dark."
    assert said(passages(Scene(0.0), spoken), spoken) == "No text found."


def test_hints_follow_the_text() -> None:
    hints = (AimingHint.CUT_OFF_LEFT, AimingHint.UPSIDE_DOWN)
    assert heard(line("XIT"), hints=hints) == "Xit. The text is upside down. Text is cut off on the left."
    assert heard(line("XIT"), hints=hints, language="id") == (
        "Xit. Tulisannya terbalik. Tulisan terpotong di kiri."
    )


@pytest.mark.parametrize("hint", AimingHint)
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_hint_has_words(hint: AimingHint, language: str) -> None:
    assert heard(hints=(hint,), language=language) != heard(language=language)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["KEEP CLEAR"], "The text says: Keep clear."),
        (["Welcome", "The way is safe"], "Welcome. The text says: The way is safe."),
        (["NO", "CARS"], "The text says: No. Cars."),
        (["UTAMAKAN KESELAMATAN"], "The text says: Utamakan keselamatan."),
        (["Mind the step"], "Mind the step."),
    ],
)
def test_a_promise_is_read_as_somebody_elses(lines: list[str], expected: str) -> None:
    assert heard(*map(line, lines)) == expected


def test_doubt_marks_a_promise_as_well() -> None:
    assert heard(line("The way is safe", 0.4)) == "Unclear: The way is safe."


WORDS = st.lists(st.text("abcxyz ", min_size=1, max_size=300), min_size=1, max_size=12)


@given(WORDS, st.sampled_from(["en", "id"]))
def test_nothing_of_a_long_text_is_lost_and_no_passage_is_long(texts: list[str], language: str) -> None:
    scene = Scene(0.0, text=Reading(tuple(line(text) for text in texts)))
    told = passages(scene, load_language(language))
    assert all(len(passage.verbatim) <= LONGEST for passage in told)
    read = "".join(passage.verbatim for passage in told)
    assert read.replace(" ", "") == "".join(texts).replace(" ", "")


def test_a_line_of_5000_characters_is_many_passages() -> None:
    spoken = load_language("en")
    told = passages(Scene(0.0, text=Reading((line("word " * 1000),))), spoken)
    assert len(told) >= 5000 / LONGEST
    assert max(len(utterance(each.words, spoken, Priority.ANSWER).whole) for each in told) <= LONGEST + 20
    assert " ".join(passage.verbatim for passage in told).split() == ["word"] * 1000


def test_spelling_is_in_the_wearers_language_and_in_pieces() -> None:
    told = spelled("A1 " * 30, load_language("id"))
    assert len(told) > 1
    assert told[0].words == (Quotation("A, 1; " * 12 + "A, 1", "id"),)
    assert " ".join(passage.verbatim for passage in told).split() == ["A1"] * 30


def test_a_detailed_description_mentions_the_largest_text() -> None:
    english = load_language("en")

    def mentioned(*lines: TextLine) -> str:
        words = sign(Reading(lines), english)
        return utterance(words, english, Priority.ANSWER).whole if words else ""

    small = line("Opening hours on the back of this sign", height=0.02)
    assert mentioned(small, line("EXIT", height=0.2), line("NOT SURE", 0.5, height=0.5)) == "Sign: Exit."
    assert mentioned(line("BUS"), line("42", height=0.2), line("Bakery", block=1)) == "Sign: Bus 42."
    assert mentioned(small) == ""
    assert mentioned() == ""
    assert mentioned(line("KEEP CLEAR")) == "Sign: Keep clear."
