"""Which command a sound is, and how it compares with anything else that it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from earsight.listening.speech_model import Dictation, SpeechModel
from earsight.listening.tokens import END, Tokens

_BEAM = 8
"""Beginnings of sentences that are kept in view."""

_LONGEST = 40
"""Tokens of a free text: more than anybody says within the seconds that a command may take."""

_ENDINGS = (".", "?", "!")
_WRITTEN = {"i": "I", "tv": "TV"}


@dataclass
class _Node:
    """A beginning of sentences.

    Attributes:
        following: What may come next, by its token.
        is_whole: Whether it has a full stop, or the like.
        sentence: The one that is over here.
    """

    following: dict[int, _Node] = field(default_factory=dict)
    is_whole: bool = False
    sentence: str | None = None


class _Found(NamedTuple):
    """Logarithms of the probability of a sentence, and of its words, whatever comes after them."""

    chance: float
    words: float


class CommandSearch:
    """Finds the likeliest of some sentences, as a beam search through the tree of their tokens."""

    def __init__(self, model: SpeechModel, tokens: Tokens, meanings: Mapping[str, int]) -> None:
        """Args:
        model: What hears.
        tokens: Those of the model.
        meanings: The sentences, in small letters; those with the same number mean the same.
        """
        self._model, self._meanings = model, meanings
        self._root = _Node()
        for sentence in meanings:
            for written in _ways_to_write(sentence):
                node = self._root
                for token in tokens.encode(written):
                    node = node.following.setdefault(token, _Node())
                node.is_whole = True
                node.following[END] = _Node(sentence=sentence)

    def find(self, samples: np.ndarray) -> dict[str, Any]:
        """Recognise a command.

        Args:
            samples: As SpeechModel.hear() takes them.

        Returns:
            "text", "" for nothing; and otherwise logarithms of probabilities: "free" of the likeliest text of
            any kind, "command" of all sentences together that mean what the text does, "rival" of the
            likeliest other meaning, and "ends", that nothing follows the words of the text.
        """
        beginning = self._model.hear(samples)
        found = self._sentences(beginning.fork())
        if not found:
            return {"text": ""}
        meant: dict[int, float] = {}
        for sentence, (chance, _) in found.items():
            meaning = self._meanings[sentence]
            meant[meaning] = float(np.logaddexp(meant.get(meaning, -np.inf), chance))
        best = max(meant, key=meant.__getitem__)
        said = {sentence: each for sentence, each in found.items() if self._meanings[sentence] == best}
        text = max(said, key=said.__getitem__)
        return {
            "text": text,
            "free": _free(beginning),
            "command": meant.pop(best),
            "rival": max(meant.values(), default=-np.inf),
            "ends": said[text].chance - said[text].words,
        }

    def _sentences(self, dictation: Dictation) -> dict[str, _Found]:
        """The sentences that were in view at their end."""
        found: dict[str, _Found] = {}
        beam = [(0.0, 0.0, self._root)]
        while beam:
            longer = []
            for text, (before, words, node) in enumerate(beam):
                for token, after in node.following.items():
                    chance = before + float(dictation.chances[text, token])
                    if after.sentence is None:
                        longer.append((chance, before if after.is_whole else chance, after, text, token))
                    else:
                        other = found.get(after.sentence, _Found(-np.inf, words)).chance
                        found[after.sentence] = _Found(float(np.logaddexp(other, chance)), words)
            longer.sort(key=lambda each: -each[0])
            kept = longer[:_BEAM]
            beam = [(chance, words, node) for chance, words, node, *_ in kept]
            if kept:
                dictation.go_on(np.array([each[3] for each in kept]), np.array([each[4] for each in kept]))
        return found


def _free(dictation: Dictation) -> float:
    """The logarithm of the probability of the likeliest text, token by token."""
    total = 0.0
    for _ in range(_LONGEST):
        token = int(dictation.chances[0].argmax())
        total += float(dictation.chances[0, token])
        if token == END:
            break
        dictation.go_on(np.array([0]), np.array([token]))
    return total


def _ways_to_write(sentence: str) -> Iterator[str]:
    words = " ".join(_WRITTEN.get(word, word) for word in sentence.split())
    for ending in _ENDINGS:
        yield words[0].upper() + words[1:] + ending
