"""The reward of a caption in self-critical training: CIDEr-D, less a penalty for a hallucinated object.

CIDEr-D after Vedantam et al., arXiv:1411.5726, section 5: the cosine of TF-IDF weighted n-grams (n = 1 to 4),
clipped at the reference's counts, with a Gaussian penalty (sigma 6) on the difference of lengths; times 10.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from earsight_training.scoring.object_hallucination import ENGLISH, made_up

_LONGEST = 4
_SIGMA = 6.0

_Vector = tuple[dict[tuple[str, ...], float], list[float], int]
"""Weights of n-grams, the norm for each n, and the number of words."""


def _counts(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(words[at : at + n]) for n in range(1, _LONGEST + 1) for at in range(len(words) - n + 1)
    )


class Rewards:
    """CIDEr-D with the document frequencies of the training photos' references.

    Attributes:
        lowest: The lowest reward that there is.
    """

    def __init__(self, captions: Iterable[Sequence[str]], penalty: float, language: str = ENGLISH) -> None:
        """Count n-grams.

        Args:
            captions: The references of each training photo.
            penalty: For a caption that names an object which no reference supports.
            language: Code of that of the captions.
        """
        self._penalty, self._language = penalty, language
        self.lowest = -penalty
        frequencies: Counter[tuple[str, ...]] = Counter()
        photos = 0
        for references in captions:
            photos += 1
            frequencies.update({gram for text in references for gram in _counts(text.split())})
        self._highest_idf = math.log(max(photos, 1))
        self._idf = {gram: self._highest_idf - math.log(count) for gram, count in frequencies.items()}

    def of(self, captions: Sequence[str], references: Sequence[str]) -> list[float]:
        """Compute the reward of captions of one photo.

        Args:
            captions: The captions.
            references: The photo's; at least one.

        Returns:
            A reward for each, at most 10.
        """
        known = [self._vector(text) for text in references]
        return [self._reward(text, known, references) for text in captions]

    def _reward(self, caption: str, known: Sequence[_Vector], references: Sequence[str]) -> float:
        vector = self._vector(caption)
        alike = 10 * sum(_similarity(vector, reference) for reference in known) / len(known)
        invented = self._penalty and made_up(caption, references, self._language)
        return alike - (self._penalty if invented else 0.0)

    def _vector(self, text: str) -> _Vector:
        words = text.split()
        weights = {
            gram: count * self._idf.get(gram, self._highest_idf) for gram, count in _counts(words).items()
        }
        squares = [0.0] * _LONGEST
        for gram, weight in weights.items():
            squares[len(gram) - 1] += weight * weight
        return weights, [math.sqrt(square) for square in squares], len(words)


def _similarity(caption: _Vector, reference: _Vector) -> float:
    (weights, norms, length), (others, other_norms, other_length) = caption, reference
    products = [0.0] * _LONGEST
    for gram, weight in weights.items():
        if other := others.get(gram):
            products[len(gram) - 1] += min(weight, other) * other
    cosines = (
        product / (norm * other_norm) if norm and other_norm else 0.0
        for product, norm, other_norm in zip(products, norms, other_norms, strict=True)
    )
    return sum(cosines) / _LONGEST * math.exp(-((length - other_length) ** 2) / (2 * _SIGMA**2))
