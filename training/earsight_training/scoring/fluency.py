"""Errors that a caption shows by itself, without a reference: repetitions, unknown words, truncation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_LONGEST_REPETITION = 3
"""Words of the longest repetition that is looked for."""
_REPEATABLE = frozenset({"very", "really", "so"})
"""Words that people use twice in a row."""
_NEEDS_CONTINUATION = frozenset(
    "a an the and or but of to with in on at by for from into onto over under near is are was were be his her"
    " its their my your this that these those while as through behind beside between two three".split()
)
"""Words that rarely end a sentence. Where they do (a child looks on), what people wrote shows it."""


@dataclass(frozen=True)
class FluencyErrors:
    """How many captions have each error.

    Attributes:
        repetitions: One to three words come twice in a row.
        unknown_words: A word occurs in no caption that a person wrote.
        truncations: The caption is empty, or ends with a word that needs a continuation.
    """

    repetitions: int
    unknown_words: int
    truncations: int


def count_fluency_errors(captions: Iterable[str], human_captions: Iterable[str]) -> FluencyErrors:
    """Count the captions that have each error.

    Args:
        captions: The captions to judge.
        human_captions: Captions that people wrote. They define which words exist, and which endings are
            complete.

    Returns:
        The number of captions with each error; a caption may have several.
    """
    texts = list(human_captions)
    vocabulary = {word for text in texts for word in _words(text)}
    endings = {tuple(_words(text)[-2:]) for text in texts}
    split = [_words(caption) for caption in captions]
    return FluencyErrors(
        repetitions=sum(map(has_repetition, split)),
        unknown_words=sum(not vocabulary.issuperset(words) for words in split),
        truncations=sum(is_truncated(words, endings) for words in split),
    )


def has_repetition(words: list[str]) -> bool:
    """Tell whether one to three words come twice in a row."""
    for length in range(1, _LONGEST_REPETITION + 1):
        for at in range(len(words) - 2 * length + 1):
            part = words[at : at + length]
            if part == words[at + length : at + 2 * length] and not set(part) <= _REPEATABLE:
                return True
    return False


def is_truncated(words: list[str], complete_endings: Collection[tuple[str, ...]] = ()) -> bool:
    """Tell whether a caption ends too early.

    Args:
        words: The words of the caption, in lower case.
        complete_endings: The last two words of sentences that are known to be complete.

    Returns:
        True for no words at all, and for a last word that needs a continuation.
    """
    return not words or (words[-1] in _NEEDS_CONTINUATION and tuple(words[-2:]) not in complete_endings)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", text.lower())
