"""Which command a sound is, and how it compares with anything else that it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """A beginning of sentences: what may follow, and the sentence if it is one."""

    following: dict[int, _Node] = field(default_factory=dict)
    sentence: str | None = None


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
                for token in [*tokens.encode(written), END]:
                    node = node.following.setdefault(token, _Node())
                node.sentence = sentence

    def find(self, samples: np.ndarray) -> dict[str, Any]:
        """Recognise a command.

        Args:
            samples: As SpeechModel.hear() takes them.

        Returns:
            "text", "" for nothing; and otherwise logarithms of probabilities: "free" of the likeliest text of
            any kind, "command" of all sentences together that mean what the text does, "rival" of the
            likeliest other meaning.
        """
        beginning = self._model.hear(samples)
        found = self._sentences(beginning.fork())
        if not found:
            return {"text": ""}
        meant: dict[int, float] = {}
        for sentence, chance in found.items():
            meaning = self._meanings[sentence]
            meant[meaning] = float(np.logaddexp(meant.get(meaning, -np.inf), chance))
        best = max(meant, key=meant.__getitem__)
        said = {sentence: chance for sentence, chance in found.items() if self._meanings[sentence] == best}
        return {
            "text": max(said, key=said.__getitem__),
            "free": _free(beginning),
            "command": meant.pop(best),
            "rival": max(meant.values(), default=-np.inf),
        }

    def _sentences(self, dictation: Dictation) -> dict[str, float]:
        """The sentences that were in view at their end, each with the logarithm of its probability."""
        found: dict[str, float] = {}
        beam = [(0.0, self._root)]
        while True:
            longer = []
            for text, (chance, node) in enumerate(beam):
                for token, after in node.following.items():
                    total = chance + float(dictation.chances[text, token])
                    if after.sentence is None:
                        longer.append((total, text, token, after))
                    else:
                        found[after.sentence] = float(np.logaddexp(found.get(after.sentence, -np.inf), total))
            longer.sort(key=lambda each: -each[0])
            kept = longer[:_BEAM]
            if not kept:
                return found
            beam = [(total, after) for total, _, _, after in kept]
            dictation.go_on(np.array([text for _, text, _, _ in kept]), np.array([t for _, _, t, _ in kept]))


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
