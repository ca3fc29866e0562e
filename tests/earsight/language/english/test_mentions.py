import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.english.mentions import named
from earsight.language.english.nouns import NOUNS, NUMBERS
from earsight.language.vocabulary import MANY, THINGS, with_kinds


def numbers(text):
    return {name: mention.number for name, mention in named(text).items()}


@pytest.mark.parametrize("name", THINGS)
def test_what_is_said_of_a_thing_names_it(name):
    noun = NOUNS[name]
    assert numbers(noun.one)[name] == 1
    assert bool(noun.many) == THINGS[name].counted
    if noun.many:
        assert numbers(noun.many)[name] == MANY
        assert numbers(f"four {noun.many}")[name] == 4


@pytest.mark.parametrize("name", THINGS)
def test_articles(name):
    first, *rest = NOUNS[name].one.split()
    if rest and first in ("a", "an"):
        assert (first == "an") == (rest[0][0] in "aeiou")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a man and two boys", {"man": 1, "boy": 2, "child": 2, "person": 3}),
        ("A puppy", {"dog": 1, "animal": 1}),
        ("two black and white dogs", {"dog": 2, "animal": 2}),
        ("a couple of dogs", {"dog": 2, "animal": 2}),
        ("a group of people", {"person": MANY}),
        ("a group of three people", {"person": 3}),
        ("children", {"child": MANY, "person": MANY}),
        ("a crowd", {"person": 1}),
        ("a baby girl", {"baby": 1, "girl": 1, "child": 1, "person": 1}),
        ("a man beside a man", {"man": 1, "person": 1}),
        ("a dog and the dog", {"dog": 1, "animal": 1}),
        ("a man's hot dog", {"man": 1, "person": 1, "hot dog": 1, "food": 1}),
        ("a cyclist", {"person": 1, "bicycle": 1, "vehicle": 1}),
        ("two men in a car", {"man": 2, "person": 2, "car": 1, "vehicle": 1, "outdoors": 1}),
        ("snowy hills", {"snow": 1, "mountain": 1, "outdoors": 1}),
        ("an orange", {"orange": 1, "food": 1}),
        ("a dog in an orange vest", {"dog": 1, "animal": 1}),
        ("a man ties a rope", {"man": 1, "person": 1}),
        ("a man in a tie", {"man": 1, "person": 1, "tie": 1}),
        ("a zebra crossing", {"crossing": 1, "street": 1, "outdoors": 1}),
        ("a man poses for the camera", {"man": 1, "person": 1}),
        ("running quickly", {}),
        ("", {}),
    ],
)
def test_what_is_named(text, expected):
    expected |= {"person": MANY} if text == "a crowd" else {}
    assert numbers(text) == expected


def test_what_comes_first():
    places = {name: mention.place for name, mention in named("a man throws a ball to a dog").items()}
    assert places == {"man": 0, "person": 0, "sports ball": 1, "dog": 2, "animal": 2}


@given(st.text(max_size=80))
def test_any_text(text):
    for name, mention in named(text).items():
        assert mention.number >= 1
        assert mention.place >= 0
        for kind in with_kinds(name):
            assert named(text)[kind].place <= mention.place


vocabulary = sorted({word for noun in NOUNS.values() for word in (*noun.words, *noun.plurals)})
words = st.sampled_from([*vocabulary, *THINGS, *NUMBERS, "a", "the", "and", "in", "of", "red", "couple of"])


@given(st.lists(words, max_size=12).map(" ".join))
def test_there_are_as_many_of_a_kind_as_of_what_belongs_to_it(text):
    found = named(text)
    for name, mention in found.items():
        for kind in with_kinds(name):
            assert kind in found
            assert found[kind].number >= mention.number or not THINGS[kind].counted
