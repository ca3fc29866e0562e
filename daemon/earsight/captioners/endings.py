"""The end of a caption that was cut short."""

from __future__ import annotations

_LOOSE = frozenset(
    "a an the this that these those is are was were be being has have and or but while as with without of in "
    "on at to from into onto over under by for near next behind beside through around across against between "
    "his her their its my your our who which what some two three very".split()
)
"""Words after which something has to follow."""


def without_loose_end(text: str) -> str:
    """A caption that was cut short, without the words that lead to what was cut off."""
    words = text.split()
    while words and words[-1].lower() in _LOOSE:
        words.pop()
    return " ".join(words)
