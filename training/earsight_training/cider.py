"""CIDEr-D as a reward while training (Vedantam et al., arXiv:1411.5726).

Scores are reported by pycocoevalcap alone (evaluate.py); this one keeps the references' vectors and the
document frequencies of the training photos ready, for hundreds of captions a second.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

_LONGEST = 4
_SIGMA = 6.0
_END = "</s>"

Vector = dict[tuple[str, ...], float]


def words(caption: str, *, ended: bool = True) -> list[str]:
    """Its words, and a mark where it ended, so that endings count in the reward."""
    return [*re.findall(r"[a-z0-9']+", caption.lower()), *([_END] if ended else [])]


def _grams(tokens: Sequence[str]) -> list[Counter[tuple[str, ...]]]:
    return [
        Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)) for n in range(1, _LONGEST + 1)
    ]


class CiderReward:
    """CIDEr-D of captions of known photos."""

    def __init__(self, references: Sequence[Sequence[str]]) -> None:
        """references: the cleaned captions of each photo."""
        grams = [[_grams(words(text)) for text in texts] for texts in references]
        seen: Counter[tuple[str, ...]] = Counter()
        for photo in grams:
            seen.update({gram for caption in photo for order in caption for gram in order})
        self._log_photos = math.log(max(2, len(references)))
        self._rarity = {gram: self._log_photos - math.log(count) for gram, count in seen.items()}
        self._references = [[self._vectors(caption) for caption in photo] for photo in grams]

    def _vectors(self, grams: list[Counter[tuple[str, ...]]]) -> list[tuple[Vector, float, int]]:
        """For each n: the weighted n-grams, their norm, and the length in n-grams."""
        vectors = []
        for order in grams:
            vector = {gram: n * self._rarity.get(gram, self._log_photos) for gram, n in order.items()}
            norm = math.sqrt(sum(value * value for value in vector.values()))
            vectors.append((vector, norm, sum(order.values())))
        return vectors

    def __call__(self, photo: int, tokens: Sequence[str]) -> float:
        """The mean over n and references, times 10, of a caption in words() of the photo with this number."""
        candidate = self._vectors(_grams(tokens))
        scores = [
            _similarity(one, other)
            for reference in self._references[photo]
            for one, other in zip(candidate, reference, strict=True)
        ]
        return 10.0 * float(np.mean(scores))


def _similarity(candidate: tuple[Vector, float, int], reference: tuple[Vector, float, int]) -> float:
    """Clipped cosine with the Gaussian penalty on the difference in length."""
    vector, norm, length = candidate
    other, other_norm, other_length = reference
    if not norm or not other_norm:
        return 0.0
    product = sum(min(value, other[gram]) * other[gram] for gram, value in vector.items() if gram in other)
    return product / (norm * other_norm) * math.exp(-((length - other_length) ** 2) / (2 * _SIGMA**2))
