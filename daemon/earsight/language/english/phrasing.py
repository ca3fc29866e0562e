"""How an English caption is put, so that the wearer hears how sure it is.

Blind people notice only about half of a captioner's errors by themselves, so doubt belongs in the words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from earsight.language import careful
from earsight.language.catalogue import Catalogue
from earsight.language.english.nouns import NOUNS, NUMBERS
from earsight.language.english.safety import unfit_for_description
from earsight.language.language import NO_MORE, Phrasing, capitalized
from earsight.message import message
from earsight.scene import Caption

_FUNCTION_WORDS = frozenset(
    "a an the is are was were be being in on at of to with and or by for from into onto up down over under "
    "his her their its it he she they while as that this there some one".split()
)


def usable(captions: Sequence[Caption], phrasing: Phrasing) -> list[Caption]:
    """The captions that may be said at all, in their order."""
    return [
        caption
        for caption in captions
        if caption.text and caption.confidence >= phrasing.maybe and not unfit_for_description(caption.text)
    ]


def hedged(caption: Caption, phrasing: Phrasing, catalogue: Catalogue) -> str:
    """A sentence whose certainty follows the confidence."""
    text = caption.text
    if caption.confidence >= phrasing.plain:
        return f"{capitalized(text)}."
    if caption.confidence >= phrasing.probably:
        return catalogue.text(message("description.probably", caption=text))
    return catalogue.text(message("description.maybe", caption=text))


def phrase(found: Collection[careful.Found]) -> str:
    """The likeliest things, and where they are, without capital and full stop; "" for nothing."""
    things, place = careful.chosen(found)
    said = [_counted(thing) for thing in things]
    listed = " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)
    return f"{listed} {NOUNS[place.name].one if place else ''}".strip()


def short_description(captions: Sequence[Caption], phrasing: Phrasing, catalogue: Catalogue) -> str | None:
    """The best caption that may be said, with its doubt; None where there is none.

    Args:
        captions: Best first.
        phrasing: How sure what is said has to be.
        catalogue: In English.
    """
    said = usable(captions, phrasing)
    return hedged(said[0], phrasing, catalogue) if said else None


def long_description(captions: Sequence[Caption], phrasing: Phrasing, catalogue: Catalogue) -> str | None:
    """The short description, and a second sentence from the next-best caption that adds most to it."""
    said = usable(captions, phrasing)
    if not said:
        return None
    first = hedged(said[0], phrasing, catalogue)
    known = _content(said[0].text)
    most = max(said[1:], key=lambda caption: len(_content(caption.text) - known), default=None)
    if most is None or not _content(most.text) - known:
        return f"{first} {catalogue.text(NO_MORE)}"
    more = catalogue.text(message("description.or_maybe", caption=most.text))
    return f"{first} {more}"


def _counted(thing: careful.Found) -> str:
    """As it is said: "a dog", "two dogs", "dogs"."""
    noun = NOUNS[thing.name]
    if thing.number == 1 or not noun.many:
        return noun.one
    word = next((word for word, number in NUMBERS.items() if number == thing.number), "")
    return f"{word} {noun.many}".strip()


def _content(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower())) - _FUNCTION_WORDS
