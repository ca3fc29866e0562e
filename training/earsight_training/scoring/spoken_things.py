"""Which things a text names, where it says that they are, and whether it doubts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from earsight_training.scoring.chair import Mention, ObjectVocabulary
from earsight_training.scoring.thing_words import AMBIGUOUS, KINDS, NOTHING, WORDS

LANGUAGES = ("en", "id")
"""Those that the table has words in."""

_BETWEEN_CLASSES = "|"
_KIND = "kind of "
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_CLAUSES = re.compile(r"[,;:.!?]")
_DOUBT = {
    "en": re.compile(
        r"\b(?:maybe|perhaps|probably|possibly|might|may be|could be|not sure|looks like|unsure)\b"
    ),
    "id": re.compile(
        r"\b(?:mungkin|barangkali|kemungkinan|sepertinya|kurang yakin|tidak yakin|bisa jadi|agaknya)\b"
    ),
}
_SIDE = (
    r"(?:(?:on|to|at) (?:the|your) (?:left|right)|(?:left|right)(?=[,;:.!?]|$| and )|ahead|in front of you)\b"
)
_SISI = r"di (?:sebelah |sisi )?(?:kiri|kanan|depan)(?=[,;:.!?]|$| dan | anda| dekat)"
_DIRECTIONS = {
    "en": re.compile(rf"\b(?:on both sides|on three sides|all around|{_SIDE}(?:(?:, | and ){_SIDE})*)"),
    "id": re.compile(rf"\b(?:di sekeliling|di tiga sisi|{_SISI}(?: dan (?:di )?(?:kiri|kanan|depan))*)"),
}
"""Where something is: of all that is named before it, from the last such words of the sentence on."""
_MEANT = {
    "left": re.compile("left|kiri|both sides|tiga sisi|three sides|around|sekeliling"),
    "ahead": re.compile("ahead|front|depan|tiga sisi|three sides|around|sekeliling"),
    "right": re.compile("right|kanan|both sides|tiga sisi|three sides|around|sekeliling"),
}
_LEFT_OUT = {
    "en": (
        re.compile(r"\b(?:group|couple|team|band|crowd|pair|row|herd|flock|line)s? of\b(?! people)"),
        re.compile(r"\bin (?:bright )?orange\b|\borange and (?!an? )"),
        re.compile(
            r"\borange (?!on\b|ahead|and|in\b|to\b|with|close|near|is\b|at\b|left|right|next|[,.])(?=\w)"
        ),
    ),
    "id": (re.compile(r"\bsebuah kelompok\b"),),
}
"""What is taken out of a text before things are looked for: words that only count others, and colours."""


@dataclass(frozen=True)
class SpokenThing:
    """A thing that a text names.

    Attributes:
        words: Of the text.
        classes: That the words may stand for.
        is_kind: Whether they only say what kind of thing it is, as "animal" does.
        directions: Where the text says that it is: left, ahead, right.
        doubted: Whether its sentence has a word of doubt.
    """

    words: str
    classes: frozenset[str]
    is_kind: bool = False
    directions: frozenset[str] = frozenset()
    doubted: bool = False


def spoken_things(text: str, language: str) -> list[SpokenThing]:
    """Find the things that a text names.

    Args:
        text: As it was said.
        language: "en" or "id".

    Returns:
        Every mention, in order.
    """
    found = []
    for sentence in _SENTENCES.split(text.lower()):
        doubted = bool(_DOUBT[language].search(sentence))
        for words, directions in _placed(_readable(sentence, language), language):
            found += [_thing(mention, directions, doubted) for mention in _mentions(words, language)]
    return found


def named_classes(text: str, language: str) -> frozenset[str]:
    """Return the classes that a text names for certain: words for one class only."""
    things = spoken_things(text, language)
    return frozenset(name for each in things if len(each.classes) == 1 for name in each.classes)


def sentences(text: str) -> int:
    """Count the sentences of a text."""
    return sum(bool(sentence.strip()) for sentence in _SENTENCES.split(text))


def _thing(mention: Mention, directions: frozenset[str], doubted: bool) -> SpokenThing:
    classes = frozenset(mention.thing.removeprefix(_KIND).split(_BETWEEN_CLASSES))
    return SpokenThing(mention.words, classes, mention.thing.startswith(_KIND), directions, doubted)


def _placed(sentence: str, language: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The parts of a sentence, each with the directions that it ends with."""
    begin = 0
    for found in _DIRECTIONS[language].finditer(sentence):
        where = frozenset(name for name, pattern in _MEANT.items() if pattern.search(found[0]))
        yield sentence[begin : found.start()], where
        begin = found.end()
    yield sentence[begin:], frozenset()


def _readable(sentence: str, language: str) -> str:
    """A sentence without what would be taken for things."""
    for pattern in _LEFT_OUT[language]:
        sentence = pattern.sub(" ", sentence)
    return _single(sentence) if language == "id" else sentence


def _mentions(words: str, language: str) -> Iterator[Mention]:
    for clause in _CLAUSES.split(words):
        yield from _vocabulary(language).mentions(clause)


def _single(text: str) -> str:
    """Indonesian words as the table has them: anjing-anjing is several of anjing, mobilnya its mobil."""
    text = re.sub(r"\b(?!laki-laki|biri-biri|layang-layang)([a-z]+)-\1(?:nya)?\b", r"\1", text)
    return re.sub(r"\b([a-z]{3,})nya\b", r"\1", text)


@cache
def _vocabulary(language: str) -> ObjectVocabulary:
    column = LANGUAGES.index(language)

    def split(words: str) -> Sequence[str]:
        return [word for each in words.split(",") if (word := each.strip())]

    nothing = ["", *split(NOTHING[column])]
    # Each list begins with the name of the class. In Indonesian that is no word for anything else, but for
    # "cat", paint, which stands among the words for nothing.
    classes = [[name, *split(words[column])] for name, words in WORDS.items()]
    ambiguous = [[name, *split(words[column])] for name, words in AMBIGUOUS.items()]
    kinds = [[_KIND + name, *split(words[column])] for name, words in KINDS.items()]
    return ObjectVocabulary([nothing, *classes, *ambiguous, *kinds])
