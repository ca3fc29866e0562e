import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight import wording
from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.bundle import BundleError
from earsight.perception.quality import Problem
from earsight.scene import Caption
from earsight.wording import Thresholds, hedged, long_description, promises_safety, short_description, trouble

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


@pytest.mark.parametrize(
    "text",
    [
        "the way is clear",
        "a clear road ahead",
        "It is SAFE to cross",
        "a man crosses safely",
        "a street with no cars",
        "a road with no traffic",
        "no obstacle on the path",
        "no obstacles",
        "there is no danger",
        "an empty street at night",
        "a deserted country road",
        "an empty city sidewalk",
    ],
)
def test_nothing_is_promised(text):
    assert promises_safety(text)
    assert short_description([caption(text, 1.0)], THRESHOLDS) == wording.CANT_TELL
    assert long_description([caption(text, 1.0)], THRESHOLDS) == wording.CANT_TELL
    assert text not in long_description([caption(), caption(text, 1.0)], THRESHOLDS)


@pytest.mark.parametrize(
    "text",
    [
        "a man in a safety vest",
        "a nuclear plant",
        "a clearing in the wood",
        "an empty chair",
        "a street full of cars",
        "a man with no shirt",
    ],
)
def test_words_that_only_look_like_promises(text):
    assert not promises_safety(text)


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


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_its_words(problem):
    assert wording.PROBLEMS[problem].endswith(".")


def test_every_error_has_its_words():
    assert trouble(StaleFrame("old")) == "I can't see: the picture is too old."
    assert trouble(CameraError("gone")) == "I can't see: the camera does not work."
    assert "model" in trouble(BundleError("broken"))
    assert trouble(TimeoutError()) == wording.WENT_WRONG
    assert trouble(ValueError("anything")) == wording.WENT_WRONG
