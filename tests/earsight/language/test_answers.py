"""Answers to questions about a scene."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.answers import answer
from earsight.language.language import PROBLEMS, Directions, Phrasing, Style
from earsight.language.languages import LANGUAGES, load_language, promises_safety
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import Question, parse
from earsight.scene import Box, Colour, ColourName, DetectedObject, Problem, Scene, Shade
from tests.earsight.words import english

PHRASING = Phrasing(plain=0.8, probably=0.5, maybe=0.2)
ABSENT = dict.fromkeys(("person", "car", "door", "dog", "cat", "stairs", "scissors"), 0.01)
RED = Colour(ColourName.RED, Shade.DARK, 0.9)
BLUE = Colour(ColourName.BLUE, None, 0.6)
SURE, PROBABLE, DOUBTFUL = 0.9, 0.65, 0.55


def seen(name, at, confidence=SURE, colour=None):
    return DetectedObject(name, confidence, Box(at - 0.1, 0.3, at + 0.1, 0.7), colour)


def answered(text, *objects, phrasing=PHRASING, language="en", **presence):
    question = parse(text, "en")
    assert question is not None
    scene = Scene(0.0, objects=objects, presence=ABSENT | presence, findable=frozenset(ABSENT))
    return answer(question, scene, phrasing, load_language(language))


LEFT, MIDDLE, RIGHT = seen("person", 0.15), seen("person", 0.5), seen("person", 0.85)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([LEFT], "A person on the left."),
        ([LEFT, LEFT], "Two people on the left."),
        ([LEFT, MIDDLE, LEFT], "Three people: two people on the left, a person ahead."),
        (
            [LEFT, seen("person", 0.85, PROBABLE)],
            "A person on the left. Probably another person on the right.",
        ),
        ([LEFT, seen("person", 0.85, DOUBTFUL)], "A person on the left."),
        (
            [seen("person", 0.15, PROBABLE), seen("person", 0.85, PROBABLE)],
            "Probably two people: a person on the left, a person on the right.",
        ),
        ([seen("person", 0.15, DOUBTFUL)], "Not sure, maybe a person on the left."),
        ([MIDDLE] * 5, "At least five people ahead."),
        ([MIDDLE] * 14, "At least ten people ahead."),
        ([LEFT] * 4 + [RIGHT], "At least five people: four people on the left, a person on the right."),
    ],
)
def test_how_many(objects, expected):
    assert answered("how many people", *objects) == expected
    assert answered("how many men", *objects) == expected  # the detector knows people only


def test_how_many_of_a_kind():
    animals = [seen("dog", 0.15), seen("cat", 0.5), seen("cat", 0.55)]
    assert answered("how many animals", *animals) == "A dog on the left, two cats ahead."


def test_what_is_not_counted():
    assert answered("how many scissors", seen("scissors", 0.5), seen("scissors", 0.5)) == "Scissors ahead."


@pytest.mark.parametrize("text", ["where is the door", "is there a door"])
def test_where(text):
    assert answered(text, seen("door", 0.15), seen("door", 0.85)) == "Two doors on both sides."
    assert answered(text, seen("door", 0.5, PROBABLE)) == "Probably a door ahead."
    nowhere = DetectedObject("door", SURE, None)
    assert answered(text, nowhere) == "Probably a door, but I can't tell where."


def test_without_directions():
    phrasing = replace(PHRASING, directions=Directions.NONE)
    assert answered("how many people", LEFT, MIDDLE, phrasing=phrasing) == "Two people."
    nowhere = DetectedObject("door", SURE, None)
    assert answered("where is the door", nowhere, phrasing=phrasing) == "Probably a door."
    assert answered("how many people", *[LEFT] * 6, phrasing=phrasing) == "At least six people."


def test_on_the_clock():
    phrasing = replace(PHRASING, directions=Directions.CLOCK)
    assert answered("how many people", LEFT, RIGHT, phrasing=phrasing) == "Two people at 11 and 1 o'clock."


def test_the_careful_style_answers_with_doubt_too():
    phrasing = replace(PHRASING, style=Style.CAREFUL)
    assert (
        answered("is there a door", seen("door", 0.5, PROBABLE), phrasing=phrasing)
        == "Probably a door ahead."
    )


@pytest.mark.parametrize(
    "text", ["is there a door", "where is the door", "how many doors", "what colour is the door"]
)
def test_what_is_not_seen(text):
    assert answered(text) == "I don't see a door."
    assert answered(text, door=0.2) == "I'm not sure whether I see a door."


@pytest.mark.parametrize(
    ("text", "thing"),
    [("how many cars", "a car"), ("is there anybody", "a person"), ("are there stairs", "stairs")],
)
def test_that_there_is_no_danger_is_never_said(text, thing):
    assert answered(text) == f"I'm not sure whether I see {thing}."


def test_what_can_not_be_looked_for():
    assert answered("how many unicorns") == "I can't look for unicorns."
    assert answered("where is the toaster") == "I can't look for a toaster."
    question = parse("is there a door", "en")
    assert question is not None
    blind = answer(question, Scene(0.0), PHRASING, load_language("en"))
    assert blind == "I can't look for a door."


def test_a_bad_picture_is_told():
    dark = Scene(0.0, problem=Problem.DARK)
    question = Question(QuestionKind.WHERE, "door", "door")
    assert answer(question, dark, PHRASING, load_language("en")) == english(PROBLEMS[Problem.DARK])


def test_colours():
    cars = [seen("car", 0.5, colour=BLUE), seen("car", 0.15, colour=RED)]
    assert answered("what colour is the car", cars[1]) == "A car on the left: dark red."
    assert answered("what colour is the car", *cars) == (
        "A car on the left: dark red; another car ahead: probably blue."
    )
    assert answered("what colour is the car", seen("car", 0.5)) == "A car ahead: I can't tell the colour."
    assert (
        answered("what colour is the door", DetectedObject("door", SURE, None))
        == "Probably a door: I can't tell the colour."
    )


def test_in_indonesian():
    assert (
        answered("how many people", LEFT, MIDDLE, LEFT, language="id")
        == "Tiga orang: dua orang di kiri, seseorang di depan."
    )
    assert answered("is there a door", language="id") == "Saya tidak melihat pintu."
    assert (
        answered("what colour is the car", seen("car", 0.15, colour=RED), language="id")
        == "Mobil di kiri: merah tua."
    )


@given(
    st.sampled_from(QuestionKind),
    st.sampled_from(sorted(ABSENT)),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(ABSENT)),
            st.floats(0, 1),
            st.floats(0, 1),
            st.sampled_from([None, RED, BLUE]),
        ),
        max_size=12,
    ),
    st.floats(0, 1),
    st.sampled_from(Directions),
    st.sampled_from(sorted(LANGUAGES)),
)
def test_any_scene_gives_an_answer_that_promises_nothing(kind, name, objects, presence, directions, language):
    scene = Scene(
        0.0,
        objects=tuple(seen(each, at, confidence, colour) for each, at, confidence, colour in objects),
        presence=ABSENT | {name: presence},
        findable=frozenset(ABSENT),
    )
    phrasing = replace(PHRASING, directions=directions)
    text = answer(Question(kind, name, name), scene, phrasing, load_language(language))
    assert text.endswith(".")
    assert not promises_safety(text)
