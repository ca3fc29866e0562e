"""Which tokens of two languages translate each other: IBM Model 1 (Brown et al., 1993, Computational
Linguistics 19), on captions that are translations of one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def alignment_counts(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]], sizes: tuple[int, int], iterations: int = 5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count how often tokens are translations of each other, by expectation maximisation.

    Args:
        pairs: Captions, each as tokens of the one language and of the other, neither empty.
        sizes: Of the two vocabularies.
        iterations: Of the algorithm.

    Returns:
        Tokens of the one language and of the other, int64 (entries,), and how often they are aligned, float64
        (entries,). Each pair of tokens comes once; those that are never in the same pair of captions do not.
    """
    sources = np.concatenate([np.tile(source, len(target)) for source, target in pairs])
    targets = np.concatenate([np.repeat(target, len(source)) for source, target in pairs])
    lengths = np.concatenate([np.full(len(target), len(source)) for source, target in pairs])
    places = np.repeat(np.arange(len(lengths)), lengths)  # each token of the other language is explained once
    keys, entry = np.unique(sources.astype(np.int64) * sizes[1] + targets, return_inverse=True)
    source, target = np.divmod(keys, sizes[1])
    counts = np.bincount(entry, np.ones(len(entry)), len(keys))
    for _ in range(iterations):
        probability = (counts / np.bincount(source, counts, sizes[0])[source])[entry]
        share = probability / np.bincount(places, probability)[places]
        counts = np.bincount(entry, share, len(keys))
    return source, target, counts


def translated_vectors(
    vectors: np.ndarray, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], vocabulary: int
) -> np.ndarray:
    """Give tokens of another language the vectors of those that they translate.

    Args:
        vectors: Float (tokens, width), of the tokens of the one language.
        pairs: As for alignment_counts().
        vocabulary: Tokens of the other language.

    Returns:
        Float32 (vocabulary, width): the mean of the vectors, weighted by how often they are aligned; not a
        number for a token that is in no caption.
    """
    source, target, counts = alignment_counts(pairs, (len(vectors), vocabulary))
    total = np.bincount(target, counts, vocabulary)
    sums = np.zeros((vocabulary, vectors.shape[1]))
    order = np.argsort(target, kind="stable")
    for first in range(0, len(order), 100_000):  # a few tens of megabytes at a time
        rows = order[first : first + 100_000]
        np.add.at(sums, target[rows], counts[rows, None] * vectors[source[rows]])
    with np.errstate(invalid="ignore", divide="ignore"):
        return (sums / total[:, None]).astype(np.float32)
