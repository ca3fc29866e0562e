"""How an English caption is put, so that the wearer hears how sure it is.

Blind people notice only about half of a captioner's errors by themselves, so doubt belongs in the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from earsight.language.catalogue import Catalogue
from earsight.language.english import careful
from earsight.language.english.safety import promises_safety
from earsight.language.english.vocabulary import THINGS, with_kinds
from earsight.language.language import Phrasing, Style
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
        if caption.text and caption.confidence >= phrasing.maybe and not promises_safety(caption.text)
    ]


def hedged(caption: Caption, phrasing: Phrasing, catalogue: Catalogue) -> str:
    """A sentence whose certainty follows the confidence."""
    text = caption.text
    if caption.confidence >= phrasing.plain:
        return f"{_capital(text)}."
    if caption.confidence >= phrasing.probably:
        return catalogue.text(message("description.probably", caption=text))
    return catalogue.text(message("description.maybe", caption=text))


def short_description(captions: Sequence[Caption], phrasing: Phrasing, catalogue: Catalogue) -> str | None:
    """One sentence; None where there is none that may be said.

    Hedged: the best caption that may be said. Careful: what is likely in all of them.

    Args:
        captions: Best first.
    """
    if phrasing.style is Style.CAREFUL:
        text = careful.phrase(_likely(captions, phrasing))
        return f"{_capital(text)}." if text else None
    said = usable(captions, phrasing)
    return hedged(said[0], phrasing, catalogue) if said else None


def long_description(captions: Sequence[Caption], phrasing: Phrasing, catalogue: Catalogue) -> str | None:
    """The short description and a second sentence; None where there is not even the first.

    Hedged: from the next-best caption that adds most to it. Careful: what else is probable.

    Args:
        captions: Best first.
    """
    first = short_description(captions, phrasing, catalogue)
    if first is None:
        return None
    no_more = catalogue.text(message("description.no_more"))
    if phrasing.style is Style.CAREFUL:
        more = careful.phrase(_probable(captions, phrasing))
        also = catalogue.text(message("description.probably_also", things=more)) if more else no_more
        return f"{first} {also}"
    said = usable(captions, phrasing)
    known = _content(said[0].text)
    most = max(said[1:], key=lambda caption: len(_content(caption.text) - known), default=None)
    if most is None or not _content(most.text) - known:
        return f"{first} {no_more}"
    more = catalogue.text(message("description.or_maybe", caption=most.text))
    return f"{first} {more}"


def _likely(captions: Sequence[Caption], phrasing: Phrasing) -> list[careful.Found]:
    """Nothing where no caption may be said: a picture of nothing has nothing likely in it."""
    doubted = all(caption.confidence < phrasing.maybe for caption in captions)
    return [] if doubted else careful.likely(captions, phrasing.likely)


def _probable(captions: Sequence[Caption], phrasing: Phrasing) -> list[careful.Found]:
    """What is not likely but probable, and nothing more specific about what is: that stays unsure."""
    known = {found.name for found in _likely(captions, phrasing)}
    least = min(phrasing.probably, phrasing.likely)
    things = {name for name in known if not THINGS[name].place}
    return [
        found
        for found in careful.likely(captions, least)
        if found.name not in known and not with_kinds(found.name) & things
    ]


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _content(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower())) - _FUNCTION_WORDS
