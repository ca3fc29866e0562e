"""Captions that were cut short."""

from __future__ import annotations

_DANGLING = frozenset(
    "a an the this that these those is are was were be being has have and or but while as with without of in "
    "on at to from into onto over under by for near next behind beside through around across against between "
    "his her their its my your our who which what some two three very".split()
)
"""Words that can't be the last ones of a caption."""


def without_dangling_words(text: str) -> str:
    """Remove the words at the end that only lead to what was cut off: "a dog on the" becomes "a dog"."""
    words = text.split()
    while words and words[-1].lower() in _DANGLING:
        words.pop()
    return " ".join(words)
