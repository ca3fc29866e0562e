"""The words of an English caption that say something."""

from __future__ import annotations

from earsight.language.english.mentions import joined
from earsight.language.english.nouns import NUMBERS

_FUNCTION_WORDS = frozenset(
    "a an the is are was were be being in on at of to with and or by for from into onto up down over under"
    " his her their its it he she they while as that this there some one each other another next front behind"
    " near beside along through across around several many group couple side top standing sitting".split()
)

_QUALITIES = frozenset(
    "red blue green yellow orange purple pink brown black white gray grey tan blond blonde dark light bright"
    " colorful big large small little tiny tall short long young old older younger adult new wooden"
    " metal".split()
)
"""What only colours what is named: not worth losing a direction for."""


def content(text: str) -> set[str]:
    """In lower case; words that are one for the vocabulary are joined by a hyphen."""
    return set(joined(text)) - _FUNCTION_WORDS - _QUALITIES - NUMBERS.keys()
