"""What people call things, in any language: for settings that name some."""

from __future__ import annotations

import difflib

from earsight.language.english import nouns as english
from earsight.language.indonesian import nouns as indonesian
from earsight.language.readers import READERS
from earsight.language.vocabulary import THINGS, with_kinds


def things_named(word: str) -> frozenset[str]:
    """Look up what a word stands for.

    Args:
        word: A name of the vocabulary, or a word of any language: "dining table", "orang", "men".

    Returns:
        Names of the vocabulary, as a rule one.

    Raises:
        ValueError: It is no word for a thing; the text says what would be right.
    """
    plain = " ".join(word.split()).lower()
    if plain in THINGS and not THINGS[plain].place:
        return frozenset({plain})
    for read in READERS.values():
        mentioned = read(plain).keys()
        kinds = {kind for name in mentioned for kind in with_kinds(name) - {name}}
        if things := {name for name in mentioned - kinds if not THINGS[name].place}:
            return frozenset(things)
    close = difflib.get_close_matches(plain, _words(), n=1)
    meant = f"did you mean {close[0]!r}?" if close else "such as person, car or stairs"
    raise ValueError(f"things that Earsight has a word for, and {word!r} is none; {meant}")


def known_classes(names: frozenset[str], classes: frozenset[str]) -> frozenset[str]:
    """Choose the classes of a detector that such names stand for.

    Args:
        names: Of the vocabulary. "animal" is every animal; "man" is a person to a detector that knows no men.
        classes: Names of the detector's classes.
    """
    chosen: set[str] = set()
    for name in names:
        members = {each for each in classes if each in THINGS and name in with_kinds(each)}
        chosen |= members or (classes & with_kinds(name))
    return frozenset(chosen)


def _words() -> list[str]:
    """All that a misspelt word may have been."""
    others = [
        word.replace("-", " ")
        for nouns in (english.NOUNS, indonesian.NOUNS)
        for name, noun in nouns.items()
        if not THINGS[name].place
        for word in noun.words
    ]
    return [*(name for name in THINGS if not THINGS[name].place), *others]
