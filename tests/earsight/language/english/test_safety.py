"""Earsight never says that a way is clear: over phrases, and over the vocabulary of the built-in bundle."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.bundles.bundle import bundle_folder
from earsight.language.english.safety import promises_safety, unfit_for_description
from earsight.language.language import CANT_TELL
from tests.earsight.language.english.promises import (
    ADDRESSED,
    ALL,
    BY_THEMSELVES,
    FORBIDDEN,
    TRAFFIC,
    WAYS,
    WITH_OTHERS,
    caption,
    describe,
    plain,
    promise,
    sentences,
)
from tests.earsight.words import english


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
        "an all-clear sign",
        "the road outside is completely empty",
        "a street empty of cars",
        "a path clear of snow",
        "a wide open road through a field",
        "the street is wide open",
        "a traffic-free street",
        "a car free zone",
        "nothing is coming",
        "there's nothing in front",
        "nobody on the street",
        "there is no one around",
        "no other people",
        "there isn't a car in sight",
        "there aren't any cars",
        "cars aren't moving",
        "a road without any moving vehicles",
        "hardly any traffic",
        "very few cars on the street",
        "light traffic",
        "the cars have stopped",
        "traffic is waiting",
        "drivers let people cross",
        "you can cross",
        "one may go",
        "a person can walk through",
        "able to pass",
        "it's ok to cross",
        "good to go",
        "time to cross the street",
        "go ahead",
        "walk now",
        "pedestrians have the right of way",
        "there is enough room",
        "plenty of space to walk",
        "an unobstructed view of the path",
        "the sidewalk is passable",
        "a quiet street",
        "a smooth path",
        "level ground",
        "an open gate",
        "the crossing is free",
        "a green traffic light",
        "the traffic light is green",
        "the light has turned green",
        "the green man is lit",
        "a walk sign",
        "a sign that says walk",
        "the danger has passed",
        "a man out of danger",
        "children run to safety",
        "a man points to safety gear",
        "the way is clear blue water",
        "a cleared path in the snow",
        "ｃｌｅａｒ way",
        "cle\u00adar road",
        "no  ,  cars",
        "NO CARS",
    ],
)
def test_nothing_is_promised(text):
    assert promises_safety(text)
    for detail in (False, True):
        assert describe([caption(text)], ALL, detail=detail) == english(CANT_TELL)
    for said in sentences([caption(text), caption("a dog with a ball")]):
        assert promise(said) is None
        assert plain(text) not in plain(said)


@pytest.mark.parametrize(
    "text",
    [
        "a man in a safety vest",
        "a woman in safety gear",
        "there is a clear blue sky over a field",
        "a nuclear plant",
        "a clearing in the wood",
        "a clear blue sky over hills",
        "clear water",
        "an empty chair",
        "an empty swimming pool",
        "a street full of cars",
        "a busy street with cars",
        "a man with no shirt",
        "a dog not wearing a collar",
        "a dog with an open mouth on a path",
        "people cross the street",
        "a man waiting for a bus",
        "a woman waits at a bus stop",
        "a red traffic light",
        "a man in green with a light blue shirt",
        "a skydiver in free fall",
        "a green shirt",
        "a person walks across a crosswalk",
        "a car drives down the road",
        "a man crosses an open field",
        "a dog runs through the grass",
        "a flat rock",
        "cars parked on the side of the road",
    ],
)
def test_what_promises_nothing_may_be_said(text):
    assert not unfit_for_description(text)
    assert promise(text) is None


@pytest.mark.parametrize("text", FORBIDDEN)
def test_the_rule_has_all_that_is_forbidden(text):
    assert promises_safety(text)


HARMLESS_AFTER = {
    "safety": "vest helmet gear harness rope net cone rail belt equipment",
    "clear": "sky|skies|day|water|glass|lake|blue sky|light blue water|dark blue bottle|bright day",
    "free": "fall falls falling throw kick style hand standing climber",
    "light": "blue brown colored green",
}
"""Words after which these promise nothing, where nothing else around them does."""


@pytest.mark.parametrize("text", FORBIDDEN)
def test_no_harmless_word_after_it_lets_through_what_is_forbidden(text):
    for words in HARMLESS_AFTER.values():
        for word in words.split("|" if "|" in words else None):
            assert promises_safety(f"{text} {word}")


@pytest.mark.parametrize("text", ADDRESSED)
def test_descriptions_do_not_speak_to_the_wearer_but_messages_may(text):
    assert unfit_for_description(f"a dog sees that {text} run")
    assert describe([caption(f"{text} run")], ALL) == english(CANT_TELL)
    assert not promises_safety(f"{text} run")


filler = st.lists(st.sampled_from("a the man dog red street in on with and runs people".split()), max_size=5)


@given(
    before=filler,
    text=st.sampled_from([*FORBIDDEN, *ADDRESSED]),
    after=filler,
    between=st.sampled_from([" ", "  ", "-", ", ", " - ", "\u200b "]),
    shout=st.booleans(),
)
def test_in_any_sentence(before, text, after, between, shout):
    text = between.join(" ".join([*before, text, *after]).split())
    text = text.upper() if shout else text
    for said in sentences([caption(text), caption("a cat"), caption(f"a dog {text}")]):
        assert promise(said) is None


# The vocabulary

ROOTS = re.compile(
    r"saf|clear|free|empt|desert|vacan|pass|obstruct|block|hinder|harm|danger|hazard|risk|secur|quiet|calm|open"
    r"|cross|noth|nobod|noone"
    r"|^(none|no|not|never|without|yours?|you|can|may|go|green|light|walk|enough|wide|ok|okay)$"
)
"""Of all words from which a promise is made."""

NAMES_OR_WARNS = re.compile(
    r"^(a?cross.+|across|.*motocross|lacrosse|pass(e[sd]|ing|eng.*|er.*|age|ion.*|port)"
    r"|(over|under|com|tres)pass.*|opens?|opening|opener|freez.*|freestyle.*|freedom|freeway|freed|unsafe|safari.*"
    r"|safet|clear(ing.*|ly|ance)|(at|con)?tempt.*|deserts|dessert.*|.*harm(s|ful|on.*|ed)?|harness.*|secur(ed|ity)"
    r"|dangers|hazards|hazardous|risks|risky|obstruct.*|obstacles|blocker.*|.*hind(er.*|)|anoth.*|quiet(ly|er)"
    r"|calm(ly|s)|vacation.*|noth|candy|can.|green.+)$"
)


@pytest.fixture(scope="module")
def words():
    """Those that a token of the built-in bundle is."""
    file = bundle_folder("builtin") / "tokenizer.json"
    tokens = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted({token.removeprefix("Ġ").lower() for token in tokens if token.startswith("Ġ")})


def test_every_word_that_promises_are_made_of_is_known(words):
    """A new vocabulary may bring words of which nobody has thought: put them where they belong."""
    known = BY_THEMSELVES | set(ADDRESSED) | set(WITH_OTHERS)
    found = [word for word in words if ROOTS.search(word)]
    assert found
    assert [word for word in found if word not in known and not NAMES_OR_WARNS.search(word)] == []


@pytest.mark.parametrize("word", sorted(BY_THEMSELVES))
@pytest.mark.parametrize(
    "frame", ["{}", "the road is {}", "a {} path", "a man stands {}", "a dog with {} and a ball"]
)
def test_words_that_are_never_said(word, frame):
    assert promises_safety(frame.format(word))


@pytest.mark.parametrize("text", WITH_OTHERS.values())
def test_words_that_are_not_said_with_others(text):
    assert promises_safety(text)


@given(st.data())
def test_captions_of_any_words_promise_nothing(words, data):
    promising = st.sampled_from(
        [*BY_THEMSELVES, *ADDRESSED, *WITH_OTHERS, *WAYS, *TRAFFIC, "is", "are", "to", "the", "light"]
    )
    chosen = st.lists(st.one_of(st.sampled_from(words), promising), min_size=1, max_size=12).map(" ".join)
    captions = [caption(text) for text in data.draw(st.lists(chosen, min_size=1, max_size=4))]
    for said in sentences(captions):
        assert promise(said) is None
