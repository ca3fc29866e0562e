import re
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.bundles.bundle import BundleError
from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.truncation import without_dangling_words
from earsight.errors import spoken_error
from earsight.language.english.safety import promises_safety
from earsight.language.language import PROBLEMS, Phrasing, Style
from earsight.scene import Caption, Problem
from tests.earsight.language.english.promises import describe
from tests.earsight.words import english

CANT_TELL, NO_MORE = english("description.none"), english("description.no_more")
PHRASING = Phrasing(plain=0.8, probably=0.5, maybe=0.2)


def caption(text="a dog runs on the beach", confidence=0.9):
    return Caption(text, confidence, -1.0, -2.0)


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (1.0, "A dog runs on the beach."),
        (0.8, "A dog runs on the beach."),
        (0.799, "Probably a dog runs on the beach."),
        (0.5, "Probably a dog runs on the beach."),
        (0.499, "Not sure, maybe a dog runs on the beach."),
        (0.2, "Not sure, maybe a dog runs on the beach."),
        (0.199, CANT_TELL),
        (0.0, CANT_TELL),
    ],
)
def test_the_words_follow_the_confidence(confidence, said):
    assert describe([caption(confidence=confidence)], PHRASING) == said


def test_the_first_that_may_be_said_is_said():
    captions = [caption("a wall", 0.1), caption("", 0.9), caption("a safe way", 0.9), caption("a tree", 0.6)]
    assert describe(captions, PHRASING) == "Probably a tree."


@pytest.mark.parametrize("detail", [False, True])
def test_nothing_to_say_is_admitted(detail):
    assert describe([], PHRASING, detail=detail) == CANT_TELL
    assert describe([caption("")], PHRASING, detail=detail) == CANT_TELL
    assert describe([caption(confidence=0.1)], PHRASING, detail=detail) == CANT_TELL


@pytest.mark.parametrize("style", Style)
def test_what_promises_safety_is_not_said(style):
    promise = caption("an empty road", 1.0)
    assert "empty" not in describe([promise], replace(PHRASING, style=style))
    assert "empty" not in describe([promise, caption()], replace(PHRASING, style=style), detail=True)
    assert "empty" not in describe([caption(), promise], replace(PHRASING, style=style), detail=True)
    assert promises_safety(promise.text)


def test_more_detail_is_a_second_sentence_with_what_else_is_probable():
    captions = [caption("a dog runs on the beach"), caption("a brown dog runs on the sand with a red ball")]
    said = describe(captions, PHRASING, detail=True)
    assert said == "A dog runs on the beach. Probably also a ball."


def test_more_detail_is_no_other_guess_of_the_same():
    captions = [caption("a man in a red shirt", 0.95), caption("a woman with a cat", 0.95)]
    assert describe(captions, PHRASING, detail=True) == f"A man in a red shirt. {NO_MORE}"


def test_more_detail_that_is_not_sure_enough_is_not_told():
    captions = [caption(), caption("a cat on the moon", 0.1)]
    assert (
        describe(captions, PHRASING, detail=True)
        == f"A dog runs on the beach. {english('description.no_more')}"
    )


def test_the_same_in_other_function_words_is_no_more_detail():
    captions = [caption("a dog on the beach"), caption("the dog in a beach")]
    assert describe(captions, PHRASING, detail=True).endswith(NO_MORE)


def test_more_detail_begins_with_the_short_description():
    captions = [caption(confidence=0.6), caption("two people with a kite", 0.5)]
    said = describe(captions, PHRASING, detail=True)
    assert said.startswith(describe(captions, PHRASING) + " ")


def test_one_letter():
    assert describe([caption("x")], PHRASING) == "X."


CAREFUL = replace(PHRASING, style=Style.CAREFUL)


def careful(*captions, detail=False):
    return describe(captions, CAREFUL, detail=detail)


def test_the_careful_style_says_only_what_is_likely():
    sure, unsure = caption("a dog runs on the beach", 0.99), caption("a dog runs on the beach", 0.3)
    assert careful(sure) == "A dog on a beach."
    assert careful(unsure) == "An animal outdoors."
    assert careful(unsure, detail=True) == "An animal outdoors. Probably also on a beach."


def test_more_detail_is_not_more_about_the_same():
    """Whether the animal is a dog stays unsure: only what else is there is told."""
    said = careful(caption("a dog runs with a stick", 0.3), detail=True)
    assert said.startswith("An animal.")
    assert "dog" not in said


def test_nothing_likely_is_admitted():
    assert careful(caption("running very quickly", 0.9)) == CANT_TELL
    assert careful(caption("a ball", 0.4)) == CANT_TELL
    assert careful(detail=True) == CANT_TELL


def test_the_floor_holds_for_the_careful_style():
    """A picture of nothing has no people in it, however often people are photographed."""
    assert careful(caption("a person", 0.19)) == CANT_TELL
    assert careful(caption("a person", 0.21)) == "A person."


texts = st.text(alphabet="abc xyzéß日", max_size=30).map(str.strip)
captions = st.lists(st.builds(caption, texts, st.floats(0, 1)), max_size=6)


@given(captions=captions, bounds=st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_any_captions_give_sentences(captions, bounds):
    phrasing = Phrasing(plain=bounds[2], probably=bounds[1], maybe=bounds[0])
    short, long = describe(captions, phrasing), describe(captions, phrasing, detail=True)
    assert short.endswith(".")
    assert long.endswith(".")
    assert long.startswith(short)
    if short != CANT_TELL:
        assert any(one.text.lower()[1:] in short.lower() for one in captions)


@given(captions=captions, bounds=st.lists(st.floats(0, 1), min_size=4, max_size=4).map(sorted))
def test_any_captions_give_careful_sentences(captions, bounds):
    phrasing = Phrasing(plain=bounds[3], probably=bounds[1], maybe=bounds[0], likely=bounds[2])
    phrasing = replace(phrasing, style=Style.CAREFUL)
    short, long = (describe(captions, phrasing, detail=detail) for detail in (False, True))
    assert short.endswith(".")
    assert long.startswith(short)


function_words = st.sampled_from("a an the in on of with and is are his her two next".split())
content = st.sampled_from("man woman dog street water green red runs ball people snow bench walks".split())


@st.composite
def unfinished(draw):
    """A caption as captioners hand it out: none repeats a word, and what was cut short has no loose end."""
    words = draw(st.lists(st.one_of(function_words, content), min_size=1, max_size=14))
    text = without_dangling_words(" ".join(word for word, _ in groupby(words)), "en")
    return Caption(text, draw(st.floats(0, 1)), draw(st.floats(-5, 0)), -5.0)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("detail", [False, True])
@given(captions=st.lists(unfinished(), max_size=5))
def test_no_sentence_repeats_a_word_or_ends_in_the_middle(style, detail, captions):
    said = describe(captions, replace(PHRASING, style=style), detail=detail)
    assert not re.search(r"\b(\w+) \1\b", said.lower())
    for sentence in said.replace(CANT_TELL, "").replace(NO_MORE, "").split(".")[:-1]:
        assert without_dangling_words(sentence, "en") == sentence.strip()
        assert sentence.strip()


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_its_words(problem):
    assert english(PROBLEMS[problem]).endswith(".")


def test_every_error_has_its_words():
    assert english(spoken_error(StaleFrame("old"))) == "I can't see: the camera's picture is out of date."
    assert english(spoken_error(CameraError("gone"))) == "I can't see: the camera isn't working."
    assert "model" in english(spoken_error(BundleError("broken")))
    assert english(spoken_error(TimeoutError())) == english("error.unforeseen")
    assert english(spoken_error(ValueError("anything"))) == english("error.unforeseen")
