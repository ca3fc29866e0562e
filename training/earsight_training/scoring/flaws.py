"""Flaws that a caption shows by itself: it repeats itself, has a broken word, or ends too early."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_LONGEST = 3
"""Words of the longest repetition that is looked for."""
_TWICE = frozenset({"very", "really", "so"})
"""Words that people say twice."""
_LEADS_ON = frozenset(
    "a an the and or but of to with in on at by for from into onto over under near is are was were be his her"
    " its their my your this that these those while as through behind beside between two three".split()
)
"""Words that something has to follow; those that end an ordinary sentence too (a child looks on) are told
apart by what people wrote."""


@dataclass(frozen=True)
class Flaws:
    """How many captions have each."""

    repeats: int
    broken_words: int
    cut_short: int


def flaws(captions: Iterable[str], known: Iterable[str]) -> Flaws:
    """known: captions that people wrote. A word that is in none of them is a broken one; an ending that is in
    some of them is none that was cut short."""
    texts = list(known)
    words = {word for text in texts for word in _words(text)}
    endings = {tuple(_words(text)[-2:]) for text in texts}
    said = [_words(caption) for caption in captions]
    return Flaws(
        repeats=sum(map(repeats, said)),
        broken_words=sum(not words.issuperset(caption) for caption in said),
        cut_short=sum(cut_short(caption, endings) for caption in said),
    )


def repeats(words: list[str]) -> bool:
    """Whether one to three words in a row come directly after themselves."""
    for length in range(1, _LONGEST + 1):
        for at in range(len(words) - 2 * length + 1):
            part = words[at : at + length]
            if part == words[at + length : at + 2 * length] and not set(part) <= _TWICE:
                return True
    return False


def cut_short(words: list[str], endings: Collection[tuple[str, ...]] = ()) -> bool:
    """Whether nothing is said, or the last word leads on. endings: the last two words of sentences that are
    whole."""
    return not words or (words[-1] in _LEADS_ON and tuple(words[-2:]) not in endings)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", text.lower())
