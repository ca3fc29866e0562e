"""What is said of a thing that is looked for."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.finding import (
    FindingLimits,
    Target,
    best,
    called,
    found_text,
    named,
    target,
    unseen_text,
)
from earsight.language.language import Directions, Phrasing
from earsight.language.languages import load_language, promises_safety
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.message import message
from earsight.scene import Box, DetectedObject, Scene

PHRASING = Phrasing(plain=0.7, probably=0.45, maybe=0.1)
LIMITS = FindingLimits(probably=0.5, maybe=0.3, absent=0.03)
ENGLISH, INDONESIAN = load_language("en"), load_language("id")
DOOR = Target("door", frozenset({"door"}))
NAMES = [name for name, thing in THINGS.items() if not thing.place]


def seen(name, confidence, middle=0.5):
    return DetectedObject(
        name, confidence, None if middle is None else Box(middle - 0.1, 0, middle + 0.1, 0.4)
    )


def said(*objects, wanted=DOOR, presence=None, grammar=ENGLISH, phrasing=PHRASING):
    scene = Scene(0.0, objects=objects, presence=presence or {})
    return found_text(wanted, scene, phrasing, LIMITS, grammar)


def test_where_it_is_with_its_doubt():
    assert said(seen("door", 0.9)) == "A door ahead."
    assert said(seen("door", 0.6, 0.1)) == "Probably a door on the left."
    assert said(seen("door", 0.4, 0.9)) == "Not sure, maybe a door on the right."
    assert said(seen("door", 0.9, None)) == "Probably a door."
    assert said(seen("door", 0.9, 0.1), grammar=INDONESIAN) == "Pintu di kiri."
    without = Phrasing(0.7, 0.45, 0.1, directions=Directions.NONE)
    assert said(seen("door", 0.9, 0.1), phrasing=without) == "A door on the left."


def test_what_is_not_seen_and_what_is_not_known():
    assert said() == "I don't see a door."
    assert said(seen("chair", 0.9)) == "I don't see a door."
    assert said(presence={"door": 0.1}) == "I'm not sure whether I see a door."
    assert said(seen("door", 0.2)) == "I'm not sure whether I see a door."
    assert said(grammar=INDONESIAN) == "Saya tidak melihat pintu."


@pytest.mark.parametrize("language", [ENGLISH, INDONESIAN])
@pytest.mark.parametrize("name", NAMES)
def test_no_thing_that_is_not_seen_promises_a_clear_way(language, name):
    things = called(name, language)
    absent = unseen_text(name, 0.0, LIMITS, language)
    texts = [absent, unseen_text(name, 0.5, LIMITS, language)]
    for id in ("begun", "given_up", "unknown", "still"):
        texts.append(language.text(message(f"find.{id}", things=things)))
    assert not any(promises_safety(text) for text in texts)
    if with_kinds(name) & MOVING or name in ("stairs", "pothole"):
        assert absent == language.text(message("find.still", things=things))


def test_of_several_the_likeliest_or_one_nearer_the_middle():
    far, near, unlikely = seen("door", 0.9, 0.05), seen("door", 0.85, 0.5), seen("door", 0.5, 0.5)
    assert best([far, near, unlikely]) is near
    assert best([far, unlikely]) is far
    assert best([]) is None


@pytest.mark.parametrize(
    ("word", "name"),
    [("door", "door"), ("Pintu", "door"), ("the sofa", "couch"), ("men", "man"), ("hp", "cell phone")],
)
def test_words_of_any_language(word, name):
    assert named(word) == name


def test_what_a_thing_is_to_a_detector():
    known = frozenset({"person", "dog", "cat", "door"})
    assert target("animal", known) == Target("animal", frozenset({"dog", "cat"}))
    assert target("man", known) == Target("person", frozenset({"person"}))
    assert target("car", known) is None
    animal = target("animal", known)
    assert said(seen("dog", 0.9, 0.9), wanted=animal) == "A dog on the right."
    assert animal.presence(Scene(0.0, presence={"dog": 0.1, "cat": 0.6, "door": 0.9})) == 0.6


@given(st.text(max_size=40))
def test_any_word_is_a_thing_or_refused(word):
    with contextlib.suppress(ValueError):
        assert named(word) in NAMES


def test_what_is_no_word_is_refused_with_the_one_that_may_be_meant():
    with pytest.raises(ValueError, match="did you mean 'door'"):
        named("dor")
