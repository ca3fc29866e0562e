"""What an Indonesian wearer hears of English captions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.grammar import Found
from earsight.language.indonesian.nouns import NOUNS
from earsight.language.indonesian.safety import promises_safety
from earsight.language.indonesian.things import summary as phrase
from earsight.language.language import Phrasing, Style
from earsight.language.languages import load_language
from earsight.language.vocabulary import MANY, THINGS
from earsight.scene import Caption, Problem, Scene
from tests.earsight.language.english.test_mentions import words

PHRASING = Phrasing(plain=0.7, probably=0.45, maybe=0.1)
CAREFUL = replace(PHRASING, style=Style.CAREFUL)


def caption(text: str, confidence: float) -> Caption:
    return Caption(text, confidence, -1.0, -2.0)


def said(*captions: Caption, detail: bool = False, phrasing: Phrasing = PHRASING) -> str:
    return load_language("id").describe(Scene(0.0, captions=captions), phrasing, detail=detail).text


@pytest.mark.parametrize("name", THINGS)
def test_every_thing_has_its_words(name: str) -> None:
    noun = NOUNS[name]
    assert noun.one
    assert bool(noun.counted) == THINGS[name].counted


def test_no_other_words() -> None:
    assert list(NOUNS) == list(THINGS)


def found(name: str, number: float = 1, likelihood: float = 0.9) -> Found:
    return Found(name, number, likelihood)


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ([], ""),
        ([found("child")], "seorang anak"),
        ([found("person")], "seseorang"),
        ([found("person", 2), found("outdoors")], "dua orang di luar ruangan"),
        ([found("dog")], "seekor anjing"),
        ([found("dog", 3)], "tiga ekor anjing"),
        ([found("car", MANY)], "beberapa mobil"),
        ([found("car", 40)], "beberapa mobil"),
        ([found("food")], "makanan"),
        ([found("tree"), found("flower", MANY)], "sebatang pohon dan beberapa bunga"),
        (
            [found("man"), found("dog", 3), found("sports ball")],
            "seorang pria, tiga ekor anjing, dan sebuah bola",
        ),
        ([found("street")], "di jalan atau di dekatnya"),
        ([found("person"), found("snow", 1, 0.8), found("mountain")], "seseorang di perbukitan"),
    ],
)
def test_phrases(things: list[Found], expected: str) -> None:
    assert phrase(things) == expected


@pytest.mark.parametrize("phrasing", [PHRASING, CAREFUL])
def test_an_english_caption_is_never_spoken_but_what_it_names_is(phrasing: Phrasing) -> None:
    assert said(caption("a dog runs on the beach", 0.99), phrasing=phrasing) == "Seekor anjing di pantai."


def test_doubt_is_in_the_words() -> None:
    assert said(caption("a small chair", 0.4)) == "Mungkin sebuah kursi."


def test_the_careful_style_leaves_out_what_is_in_doubt() -> None:
    assert said(caption("a small chair", 0.4), phrasing=CAREFUL) == "Saya tidak tahu ini apa."


def test_more_detail() -> None:
    unsure = caption("a dog runs on the beach", 0.3)
    assert said(unsure, detail=True) == "Seekor hewan di luar ruangan. Mungkin juga di pantai."
    sure = caption("a dog", 0.99)
    assert said(sure, detail=True) == "Seekor anjing. Hanya itu yang saya tahu."
    doubtful = caption("a small chair", 0.4)
    assert said(doubtful, detail=True) == "Mungkin sebuah kursi. Hanya itu yang saya tahu."


@pytest.mark.parametrize("text", ["running very quickly", "", "an unheard-of contraption"])
def test_what_has_no_indonesian_words_is_not_said(text: str) -> None:
    assert said(caption(text, 0.99)) == "Saya tidak tahu ini apa."


def test_a_problem_is_said_in_indonesian() -> None:
    description = load_language("id").describe(Scene(0.0, problem=Problem.DARK), PHRASING)
    assert description.text == "Gambarnya terlalu gelap."
    assert description.abstained


captions = st.lists(
    st.builds(caption, st.lists(words, max_size=10).map(" ".join), st.floats(0, 1)), max_size=6
)


@given(captions, st.booleans(), st.sampled_from(Style), st.floats(0.01, 0.99))
def test_whatever_is_seen_promises_nothing(
    captions: list[Caption], detail: bool, style: Style, likely: float
) -> None:
    text = said(*captions, detail=detail, phrasing=replace(PHRASING, style=style, likely=likely))
    assert text.endswith(".")
    assert text[0].isupper()
    assert not promises_safety(text)
