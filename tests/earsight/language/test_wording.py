import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.bundles.bundle import BundleError
from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.endings import without_loose_end
from earsight.language import wording
from earsight.language.english.safety import promises_safety
from earsight.language.wording import Style, Thresholds, hedged, long_description, short_description, trouble
from earsight.scene import Caption, Problem

THRESHOLDS = Thresholds(plain=0.8, probably=0.5, maybe=0.2)


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
        (0.199, wording.CANT_TELL),
        (0.0, wording.CANT_TELL),
    ],
)
def test_the_words_follow_the_confidence(confidence, said):
    assert short_description([caption(confidence=confidence)], THRESHOLDS) == said


def test_the_first_that_may_be_said_is_said():
    captions = [caption("a wall", 0.1), caption("", 0.9), caption("a safe way", 0.9), caption("a tree", 0.6)]
    assert short_description(captions, THRESHOLDS) == "Probably a tree."


@pytest.mark.parametrize("describe", [short_description, long_description])
def test_nothing_to_say_is_admitted(describe):
    assert describe([], THRESHOLDS) == wording.CANT_TELL
    assert describe([caption("")], THRESHOLDS) == wording.CANT_TELL
    assert describe([caption(confidence=0.1)], THRESHOLDS) == wording.CANT_TELL


@pytest.mark.parametrize("style", Style)
def test_what_promises_safety_is_not_said(style):
    promise = caption("an empty road", 1.0)
    assert "empty" not in short_description([promise], THRESHOLDS, style)
    assert "empty" not in long_description([promise, caption()], THRESHOLDS, style)
    assert "empty" not in long_description([caption(), promise], THRESHOLDS, style)
    assert promises_safety(promise.text)


def test_more_detail_is_a_second_sentence_with_what_is_new():
    captions = [
        caption("a dog runs on the beach"),
        caption("a dog is running on the beach"),
        caption("a brown dog runs on the sand with a red ball"),
        caption("a dog runs"),
    ]
    said = long_description(captions, THRESHOLDS)
    assert said == "A dog runs on the beach. Or maybe a brown dog runs on the sand with a red ball."


def test_more_detail_that_is_not_sure_enough_is_not_told():
    captions = [caption(), caption("a cat on the moon", 0.1)]
    assert long_description(captions, THRESHOLDS) == f"A dog runs on the beach. {wording.NO_MORE_DETAIL}"


def test_the_same_in_other_function_words_is_no_more_detail():
    captions = [caption("a dog on the beach"), caption("the dog in a beach")]
    assert long_description(captions, THRESHOLDS).endswith(wording.NO_MORE_DETAIL)


def test_more_detail_begins_with_the_short_description():
    captions = [caption(confidence=0.6), caption("two people with a kite", 0.5)]
    said = long_description(captions, THRESHOLDS)
    assert said.startswith(short_description(captions, THRESHOLDS) + " ")


def test_one_letter():
    assert hedged(caption("x"), THRESHOLDS) == "X."


def careful(*captions, describe=short_description):
    return describe(captions, THRESHOLDS, Style.CAREFUL)


def test_the_careful_style_says_only_what_is_likely():
    sure, unsure = caption("a dog runs on the beach", 0.99), caption("a dog runs on the beach", 0.3)
    assert careful(sure) == "A dog on a beach."
    assert careful(unsure) == "An animal outdoors."
    assert careful(unsure, describe=long_description) == "An animal outdoors. Probably also on a beach."


def test_more_detail_is_not_more_about_the_same():
    """Whether the animal is a dog stays unsure: only what else is there is told."""
    said = careful(caption("a dog runs with a stick", 0.3), describe=long_description)
    assert said.startswith("An animal.")
    assert "dog" not in said


def test_nothing_likely_is_admitted():
    assert careful(caption("running very quickly", 0.9)) == wording.CANT_TELL
    assert careful(caption("a toy", 0.4)) == wording.CANT_TELL
    assert careful(describe=long_description) == wording.CANT_TELL


def test_the_floor_holds_for_the_careful_style():
    """A picture of nothing has no people in it, however often people are photographed."""
    assert careful(caption("a person", 0.19)) == wording.CANT_TELL
    assert careful(caption("a person", 0.21)) == "A person."


texts = st.text(alphabet="abc xyzéß日", max_size=30).map(str.strip)
captions = st.lists(st.builds(caption, texts, st.floats(0, 1)), max_size=6)


@given(captions=captions, bounds=st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_any_captions_give_sentences(captions, bounds):
    thresholds = Thresholds(plain=bounds[2], probably=bounds[1], maybe=bounds[0])
    short, long = short_description(captions, thresholds), long_description(captions, thresholds)
    assert short.endswith(".")
    assert long.endswith(".")
    assert long.startswith(short)
    if short != wording.CANT_TELL:
        assert any(one.text.lower()[1:] in short.lower() for one in captions)


@given(captions=captions, bounds=st.lists(st.floats(0, 1), min_size=4, max_size=4).map(sorted))
def test_any_captions_give_careful_sentences(captions, bounds):
    thresholds = Thresholds(plain=bounds[3], probably=bounds[1], maybe=bounds[0], likely=bounds[2])
    short, long = (
        describe(captions, thresholds, Style.CAREFUL) for describe in (short_description, long_description)
    )
    assert short.endswith(".")
    assert long.startswith(short)


function_words = st.sampled_from("a an the in on of with and is are his her two next".split())
content = st.sampled_from("man woman dog street water green red runs ball people snow bench walks".split())


@st.composite
def unfinished(draw):
    """A caption as captioners hand it out: none repeats a word, and what was cut short has no loose end."""
    words = draw(st.lists(st.one_of(function_words, content), min_size=1, max_size=14))
    text = without_loose_end(" ".join(word for word, _ in groupby(words)))
    return Caption(text, draw(st.floats(0, 1)), draw(st.floats(-5, 0)), -5.0)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("describe", [short_description, long_description])
@given(captions=st.lists(unfinished(), max_size=5))
def test_no_sentence_repeats_a_word_or_ends_in_the_middle(style, describe, captions):
    said = describe(captions, THRESHOLDS, style)
    assert not re.search(r"\b(\w+) \1\b", said.lower())
    for sentence in said.replace(wording.CANT_TELL, "").replace(wording.NO_MORE_DETAIL, "").split(".")[:-1]:
        assert without_loose_end(sentence) == sentence.strip()
        assert sentence.strip()


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_its_words(problem):
    assert wording.PROBLEMS[problem].endswith(".")


def test_every_error_has_its_words():
    assert trouble(StaleFrame("old")) == "I can't see: the picture is too old."
    assert trouble(CameraError("gone")) == "I can't see: the camera does not work."
    assert "model" in trouble(BundleError("broken"))
    assert trouble(TimeoutError()) == wording.WENT_WRONG
    assert trouble(ValueError("anything")) == wording.WENT_WRONG
