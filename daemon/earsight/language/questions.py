"""Questions in words about what is in front of the camera, in any language.

What can be asked is one list for all, FORMS: the parser reads it, and the grammar of voice commands is made
of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from earsight.language.english import questions as english
from earsight.language.indonesian import questions as indonesian
from earsight.language.plain import folded
from earsight.language.question_forms import Forms, NounForms, QuestionKind
from earsight.language.vocabulary import THINGS

FORMS: Mapping[str, Forms] = {"en": english.FORMS, "id": indonesian.FORMS}
_NOUNS = {"en": english.noun_forms, "id": indonesian.noun_forms}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        kind: What of the thing.
        name: Of the thing, in the vocabulary; None: a word that is not known, or, without a word, what is
            in the middle of the picture.
        word: As the wearer called it; None: nothing was named.
    """

    kind: QuestionKind
    name: str | None = None
    word: str | None = None

    @property
    def is_about_middle(self) -> bool:
        """Whether it is about whatever is in the middle of the picture, which takes no detector."""
        return self.word is None


def parse(text: str, language: str) -> Question | None:
    """Understand a question.

    Args:
        text: As it was typed or heard.
        language: Code of the language that is tried first; the others come after it.

    Returns:
        The question; None if it is none that can be answered.
    """
    codes = [language, *(code for code in FORMS if code != language)]
    read = [found for code in codes if code in FORMS and (found := _parse(text, code)) is not None]
    return next((question for question in read if question.name or not question.word), next(iter(read), None))


def nouns(language: str) -> dict[str, NounForms]:
    """The words for things, by their names in the vocabulary, but not for places: what the slots of a
    language's templates stand for.

    Args:
        language: Code of a language.
    """
    return {name: forms for name, forms in _NOUNS[language]().items() if not THINGS[name].place}


def _parse(text: str, code: str) -> Question | None:
    forms = FORMS[code]
    plain = _without(_plain(text, forms), (), ())
    stripped = _stripped(plain, forms)
    for said in dict.fromkeys((plain, stripped)):
        if said in forms.about_this:
            return Question(QuestionKind.COLOUR)
    unknown = None
    for kind, pattern in _patterns(code):
        for said in dict.fromkeys((plain, stripped)):
            found = re.fullmatch(pattern, said)
            if found is None:
                continue
            word = _without(found["noun"], forms.before_noun, forms.after_noun)
            if (name := _meant(word, code)) is not None:
                return Question(kind, name, word)
            unknown = unknown or (Question(kind, None, word) if word else None)
    return unknown


def _plain(text: str, forms: Forms) -> str:
    """In small letters, without punctuation, as the templates have it."""
    plain = " ".join(re.findall(r"\w+", folded(text).replace("'", "").replace("\u2019", "")))
    for other, usual in forms.written.items():
        plain = re.sub(rf"\b{other}\b", usual, plain)
    return plain


def _stripped(plain: str, forms: Forms) -> str:
    """Without fillers at either end, as often as there are some."""
    before = None
    while before != plain:
        before = plain
        for filler in forms.fillers:
            plain = plain.removeprefix(f"{filler} ").removesuffix(f" {filler}")
    return plain


def _without(words: str, before: Collection[str], after: Collection[str]) -> str:
    """Without any of some words at the beginning and the end; never nothing."""
    known = None
    while known != words:
        known = words
        for each in before:
            words = words.removeprefix(f"{each} ")
        for each in after:
            words = words.removesuffix(f" {each}")
    return words


def _meant(word: str, code: str) -> str | None:
    """What a word means, with or without one of the endings."""
    known, stems = _named(code), (word.removesuffix(ending) for ending in FORMS[code].endings)
    return next((known[each] for each in (word, *stems) if each in known), None)


@cache
def _patterns(code: str) -> tuple[tuple[QuestionKind, str], ...]:
    """The templates as regular expressions, the longest first: "how many X are there" before "how many X"."""
    found = []
    for kind, sentences_of_kind in FORMS[code].templates.items():
        for template in sentences_of_kind:
            head, _, rest = template.partition("{")
            found.append((kind, f"{re.escape(head)}(?P<noun>.+){re.escape(rest.partition('}')[2])}"))
    return tuple(sorted(found, key=lambda pair: -len(pair[1])))


@cache
def _named(code: str) -> dict[str, str]:
    """Every word for a thing, and the first thing of the vocabulary that it means."""
    forms = FORMS[code]
    names: dict[str, str] = {}
    everything = nouns(code)
    usual = [(word, name) for name, each in everything.items() for word in (each.one, each.many, name)]
    others = [(word, name) for name, each in everything.items() for word in each.all()]
    for word, name in (*usual, *others):
        plain = _plain(word, forms)
        names.setdefault(plain, name)
        names.setdefault(_without(plain, forms.before_noun, forms.after_noun), name)
    return names
