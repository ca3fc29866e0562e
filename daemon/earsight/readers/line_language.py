"""Which language a line is in, English or Indonesian: by common words, and by pairs of letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from earsight.readers.language_words import ENGLISH, INDONESIAN, LETTERS, PAIRS, SHARED

_WORD = re.compile(r"[^\W\d_]+")
_KNOWN = 4.0
"""What a common word counts, in natural logarithms of likelihood."""
_CLEAR, _TYPICAL, _UNKNOWN = 4.5, 2.5, 1.2
"""Of the letters of a word that is not common: from where they are typical of a language, what such a word
counts (enough by itself), and what others count at most. Names and foreign words are seldom typical."""
_DAMPING = 0.55
"""Pairs of letters depend on each other."""
_SURE = 2.2
_TABLE = [
    [int(step) / 3 if step.isdigit() else -("abcdefghi".index(step) + 1) / 3 for step in row]
    for row in PAIRS.split()
]


def languages(blocks: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """Tell the language of each line.

    A line that is not sure by itself takes the language of its block, if that is sure: a name or a single
    word among sentences is in theirs.

    Args:
        blocks: The lines of each block.

    Returns:
        For each line "en", "id", or None: too few letters, or neither is likely.
    """
    return [_of_block([_evidence(line) for line in lines], lines) for lines in blocks]


def _of_block(evidence: list[float], lines: Sequence[str]) -> list[str | None]:
    together = _named(sum(evidence))
    return [
        _named(each) or (together if _WORD.search(line) else None)
        for each, line in zip(evidence, lines, strict=True)
    ]


def _named(evidence: float) -> str | None:
    return None if abs(evidence) < _SURE else "id" if evidence > 0 else "en"


def _evidence(line: str) -> float:
    """How much likelier it is Indonesian than English, as a natural logarithm."""
    return sum(_of_word(word) for word in _WORD.findall(line.lower()))


def _of_word(word: str) -> float:
    if word in ENGLISH:
        return -_KNOWN
    if word in INDONESIAN:
        return _KNOWN
    if word in SHARED or len(word) < 3 or not (word.isascii() and word.isalpha()):
        return 0.0  # initials and units, or a word of another language
    places = [LETTERS.index(letter) for letter in f"^{word}^"]
    evidence = _DAMPING * sum(_TABLE[first][second] for first, second in pairwise(places))
    most = _TYPICAL if abs(evidence) >= _CLEAR else _UNKNOWN
    return max(-most, min(most, evidence))
