"""Questions in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.languages import LANGUAGES
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import FORMS, Question, nouns, parse
from earsight.language.vocabulary import THINGS

HOW_MANY, IS_THERE, WHERE, COLOUR = QuestionKind

UNDERSTOOD = [
    ("en", "How many people are there?", HOW_MANY, "person"),
    ("en", "tell me how many dogs can you see", HOW_MANY, "dog"),
    ("en", "Is there anyone here", IS_THERE, "person"),
    ("en", "are there any stairs in front of me?", IS_THERE, "stairs"),
    ("en", "Is there an armchair", IS_THERE, "chair"),
    ("en", "where's the sofa", WHERE, "couch"),
    ("en", "Where is my phone, please?", WHERE, "cell phone"),
    ("en", "what color is the car", COLOUR, "car"),
    ("en", "Which colour is the bag?", COLOUR, "bag"),
    ("en", "What\u2019s the colour of the couch?", COLOUR, "couch"),
    ("id", "Ada berapa orang?", HOW_MANY, "person"),
    ("id", "berapa ekor anjing", HOW_MANY, "dog"),
    ("id", "berapa orang pria di sini", HOW_MANY, "man"),
    ("id", "Apakah ada pintu?", IS_THERE, "door"),
    ("id", "ada anak-anak?", IS_THERE, "child"),
    ("id", "dimana kursi itu", WHERE, "chair"),
    ("id", "di manakah tangganya", WHERE, "stairs"),
    ("id", "pintu di mana", WHERE, "door"),
    ("id", "di mana hp saya", WHERE, "cell phone"),
    ("id", "Apa warna mobil itu?", COLOUR, "car"),
    ("id", "mobil itu warnanya apa", COLOUR, "car"),
]


@pytest.mark.parametrize(("language", "text", "kind", "name"), UNDERSTOOD)
def test_understood(language, text, kind, name):
    question = parse(text, language)
    assert question is not None
    assert (question.kind, question.name) == (kind, name)


@pytest.mark.parametrize(("language", "text", "kind", "name"), UNDERSTOOD)
def test_questions_in_another_language_than_the_settings(language, text, kind, name):
    question = parse(text, "id" if language == "en" else "en")
    assert question is not None
    assert (question.kind, question.name) == (kind, name)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what colour is this?"),
        ("en", "What color is it"),
        ("id", "apa warnanya"),
        ("id", "ini warna apa?"),
    ],
)
def test_the_colour_of_what_is_in_the_middle(language, text):
    assert parse(text, language) == Question(COLOUR)


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("how many unicorns are there", HOW_MANY, "unicorns"),
        ("is there a red car", IS_THERE, "red car"),
        ("where is a bus stop", WHERE, "bus stop"),
    ],
)
def test_words_that_are_not_known_are_not_taken_for_others(text, kind, word):
    assert parse(text, "en") == Question(kind, None, word)


@pytest.mark.parametrize(
    "text", ["", "?", "hello", "how many", "where are you", "read this", "warna", "...", "is there"]
)
def test_not_understood(text):
    assert parse(text, "en") is None
    assert parse(text, "id") is None


def sentences(language, names=None):
    """Every question that is understood, in its main forms, and what it means: no synonyms, no fillers."""
    forms = FORMS[language]
    for sentence in forms.about_this:
        yield sentence, Question(QuestionKind.COLOUR)
    for name, noun in nouns(language).items():
        if names is not None and name not in names:
            continue
        for kind, templates in forms.templates.items():
            for template in templates:
                if "{many}" not in template or THINGS[name].counted or noun.many == noun.one:
                    sentence = template.format(a=noun.a, one=noun.one, many=noun.many)
                    word = template[template.index("{") + 1 : template.index("}")]
                    yield sentence, Question(kind, name, getattr(noun, word))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_listed_is_understood(language):
    listed = list(sentences(language))
    assert len(listed) > 1000
    for text, meant in listed:
        question = parse(text, language)
        assert question is not None, text
        assert (question.kind, question.name) == (meant.kind, meant.name), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_of_some_things_only(language):
    listed = list(sentences(language, {"door"}))
    assert {question.name for _, question in listed} == {"door", None}
    assert {question.kind for _, question in listed} == set(QuestionKind)
    assert set(FORMS[language].templates) == set(QuestionKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_thing_has_words(language):
    assert nouns(language).keys() == {name for name, thing in THINGS.items() if not thing.place}
    for forms in nouns(language).values():
        assert forms.one
        assert forms.many


@given(st.text(max_size=60), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_is_a_question_or_none(text, language):
    question = parse(text, language)
    assert question is None or question.name is None or question.name in THINGS


@given(
    st.sampled_from(
        [each for language in LANGUAGES for each in sentences(language, {"door", "person", "stairs"})]
    ),
    st.sampled_from(["", "?", " ?!", ".", "  "]),
    st.booleans(),
)
def test_punctuation_and_capitals_change_nothing(sentence, end, capitals):
    text, meant = sentence
    question = parse((text.upper() if capitals else text) + end, "en")
    assert question is not None
    assert (question.kind, question.name) == (meant.kind, meant.name)
