"""What people call things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.names import known_classes, things_named
from earsight.language.vocabulary import THINGS


@pytest.mark.parametrize(
    ("word", "thing"),
    [
        ("person", "person"),
        ("people", "person"),
        ("orang", "person"),
        ("Mobil", "car"),
        ("meja makan", "dining table"),
        ("dining  table", "dining table"),
        ("animal", "animal"),
        ("hewan", "animal"),
        ("men", "man"),
        ("cell phone", "cell phone"),
        ("orange", "orange"),
    ],
)
def test_a_thing_has_its_words_in_every_language(word, thing):
    assert things_named(word) == {thing}


@pytest.mark.parametrize("name", [name for name in THINGS if not THINGS[name].place])
def test_every_thing_of_the_vocabulary_has_its_name(name):
    assert things_named(name) == {name}


@pytest.mark.parametrize(
    ("word", "meant"), [("strairs", "stairs"), ("mobl", "mobil"), ("qqq", "such as person")]
)
def test_a_word_for_nothing_is_refused_with_what_was_meant(word, meant):
    with pytest.raises(
        ValueError, match=f"things that Earsight has a word for, and '{word}' is none.*{meant}"
    ):
        things_named(word)


@pytest.mark.parametrize("place", ["kitchen", "jalan", "outdoors", ""])
def test_a_place_is_no_thing(place):
    with pytest.raises(ValueError, match="is none"):
        things_named(place)


@given(st.text(max_size=64))
def test_any_text_is_things_or_refused(word):
    try:
        found = things_named(word)
    except ValueError:
        return
    assert found
    assert found <= THINGS.keys()


CLASSES = frozenset(("person", "dog", "horse", "sign", "stop sign", "carousel"))


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["dog"], ["dog"]),
        (["animal"], ["dog", "horse"]),
        (["man"], ["person"]),
        (["stop sign"], ["stop sign"]),
        (["sign"], ["sign", "stop sign"]),
        (["guitar"], []),
        (["dog", "woman"], ["dog", "person"]),
    ],
)
def test_names_count_for_the_classes_that_a_detector_has(names, classes):
    assert known_classes(frozenset(names), CLASSES) == frozenset(classes)
