"""How much of a caption the other captions of its search say too.

What many likely captions agree on is more often what people say of a picture than the likeliest caption alone
is: the gain of minimum Bayes risk decoding (Kumar and Byrne, 2004), with shared words and pairs of words as
the measure of likeness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

_TEMPERATURE = 0.1
"""Nats of mean log-probability by which a caption is e times as likely as another. At 1 all beams would weigh
about the same."""


def consensus(texts: Sequence[str], scores: Sequence[float]) -> list[float]:
    """Compare each caption with all, itself among them.

    Args:
        texts: What the search ended with.
        scores: Their mean log-probabilities.

    Returns:
        For each, 0..1: its mean likeness with the captions, weighted by how likely these are.
    """
    weights = np.exp((np.array(scores, float) - max(scores, default=0.0)) / _TEMPERATURE)
    if not (texts and np.isfinite(weights).all()):
        return [0.0] * len(texts)
    grams = [(Counter(words), Counter(pairwise(words))) for words in map(str.split, texts)]
    likeness = np.array([[_likeness(one, other) for other in grams] for one in grams])
    shares: list[float] = (likeness @ (weights / weights.sum())).tolist()
    return shares


def _likeness(one: tuple[Counter, ...], other: tuple[Counter, ...]) -> float:
    """Mean of the F-scores of shared words and of shared pairs."""
    scores = [
        2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())
        for mine, theirs in zip(one, other, strict=True)
    ]
    return sum(scores) / len(scores)
