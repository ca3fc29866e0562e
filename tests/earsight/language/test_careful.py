import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.careful import Evidence, likelihood
from earsight.language.careful import evidence as evidence_of
from earsight.language.careful import found as found_in
from earsight.language.english.nouns import NOUNS
from earsight.language.english.safety import promises_safety
from earsight.language.english.things import summary as phrase
from earsight.language.grammar import Found
from earsight.language.readers import named_in
from earsight.language.vocabulary import MANY, THINGS, with_kinds
from earsight.scene import Caption
from tests.earsight.language.english.test_mentions import words


def caption(text, confidence=0.6, mean=-1.0):
    return Caption(text, confidence, mean, -2.0)


def evidence(captions):
    return evidence_of(captions, named_in)


def likely(captions, least):
    return found_in(captions, least, named_in)


def said(texts, least=0.8, confidence=0.6):
    return phrase(likely([caption(text, confidence) for text in texts], least))


def test_what_all_agree_on_is_said():
    assert said(["a black dog runs through the snow"] * 3, 0.5, 0.9) == "a dog in the snow"


def test_a_thing_that_is_unsure_becomes_its_kind():
    texts = ["a boy in a red shirt jumps off a bench", "a girl jumps off a wall", "a boy jumps into a pool"]
    assert said(texts, 0.8, 0.6) == "a child"


def test_a_man_to_one_and_a_woman_to_another_is_a_person():
    assert said(["a man", "a woman"], 0.3, 0.9) == "a person"


def test_a_child_among_people_is_one_of_them():
    assert said(["three people and a child"], 0.3, 0.9) == "four people"


def test_a_man_and_a_woman_stay_who_they_are():
    assert said(["a man and a woman"], 0.3, 0.9) == "a man and a woman"


def test_a_number_is_less_likely_than_several_and_that_less_than_the_thing():
    shown = evidence([caption("two dogs")])
    chances = [likelihood(shown["dog", number]) for number in (2, MANY, 1)]
    assert chances == sorted(chances)
    assert len(set(chances)) == 3


def test_the_numbers_said():
    texts = ["two dogs in the snow"]
    least = {number: likelihood(evidence([caption(texts[0])])["animal", number]) for number in (1, 2, MANY)}
    assert said(texts, least[1]).startswith("an animal")
    assert said(texts, least[MANY]).startswith("animals")
    assert said(texts, 0.01).startswith("two dogs")


def test_the_less_sure_the_captioner_the_less_is_said():
    texts = ["a man on a bicycle in the street"]
    lengths = [len(said(texts, 0.8, confidence).split()) for confidence in (0.999, 0.9, 0.5, 0.1, 0.001)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[2] > lengths[-1]


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.5])
@pytest.mark.parametrize("mean", [0.0, -3.0, -math.inf, math.nan])
def test_any_confidence_and_log_probability(confidence, mean):
    captions = [caption("a dog", confidence, mean), caption("a cat", confidence, -1.0)]
    shown = evidence(captions)
    assert 0 <= shown["dog", 1].share <= shown["animal", 1].share == pytest.approx(1)
    assert all(0 <= likelihood(each) <= 1 for each in shown.values())


def test_improbable_captions_count_little():
    found = evidence([caption("a dog", mean=-1.0), caption("a cat", mean=-5.0)])
    assert found["dog", 1].share > 0.95
    assert found["cat", 1].share < 0.05
    assert found["animal", 1].share == pytest.approx(1)


def test_nothing_named_is_nothing_said():
    assert said(["running quickly", ""]) == ""
    assert likely([], 0.0) == []
    assert phrase([]) == ""


def found(name, number=1, likelihood=0.9):
    return Found(name, number, likelihood)


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ([found("person"), found("outdoors")], "a person outdoors"),
        ([found("person", 2), found("outdoors")], "two people outdoors"),
        ([found("dog", MANY)], "dogs"),
        ([found("dog", 40)], "dogs"),
        ([found("person"), found("dog")], "a person and a dog"),
        ([found("man"), found("dog", 3), found("sports ball")], "a man, three dogs and a ball"),
        ([found("outdoors")], "outdoors"),
        ([found("umbrella"), found("stairs", MANY)], "an umbrella and stairs"),
        ([found("person"), found("snow", 1, 0.8), found("mountain")], "a person in hills"),
        ([found("man", 1, 0.6), found("dog"), found("cat"), found("cow")], "a dog, a cat and a cow"),
    ],
)
def test_phrases(things, expected):
    assert phrase(things) == expected


captions = st.lists(
    st.builds(caption, st.lists(words, max_size=10).map(" ".join), st.floats(0, 1), st.floats(-20, 0)),
    max_size=6,
)


@given(captions)
def test_a_kind_is_never_less_likely_than_what_belongs_to_it(captions):
    shown = evidence(captions)
    for (name, number), about in shown.items():
        assert 0 <= about.share <= 1 + 1e-9
        for kind in with_kinds(name):
            assert likelihood(shown[kind, 1]) >= likelihood(about) - 1e-9, (name, number, kind)


@given(captions, st.floats(0.01, 0.99))
def test_whatever_is_kept_is_likely_and_said_once(captions, least):
    kept = likely(captions, least)
    names = [each.name for each in kept]
    assert all(each.likelihood >= least for each in kept)
    assert names == [name for name in THINGS if name in names]
    for name in names:
        assert not (with_kinds(name) - {name}) & set(names)


@given(captions, st.floats(0.01, 0.99))
def test_any_phrase_is_short_promises_nothing_and_repeats_nothing(captions, least):
    text = phrase(likely(captions, least))
    assert not promises_safety(text)
    assert len(text.split()) <= 16
    assert not re.search(r"\b(\w+) \1\b", text)
    assert not re.search(r"\b(a|an|and|in|on|or|near|among)$", text)


def test_no_words_of_the_table_promise_anything():
    for noun in NOUNS.values():
        for text in (noun.one, noun.many):
            assert not promises_safety(text), text


@given(st.floats(0, 1), st.integers(0, 8), st.integers(-2, 3), st.floats(-14, 14))
def test_likelihoods_are_probabilities(share, place, generality, confidence):
    chance = likelihood(Evidence(share, place, generality, confidence))
    assert 0 <= chance <= 1
    assert chance <= likelihood(Evidence(share, place, generality + 1, confidence))
    assert chance >= likelihood(Evidence(share, place + 1, generality, confidence))
