"""BLEU, METEOR, ROUGE-L, CIDEr and SPICE of captions, as pycocoevalcap computes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from earsight_training.scoring.bootstrap import Metric, mean_metric
from earsight_training.scoring.java import tokenize
from earsight_training.scoring.meteor import meteor, meteor_of_sums
from earsight_training.scoring.spice import spice

_ORDERS = 4
_PATIENCE = 120.0
"""Seconds that Java may take for one caption. It takes two or three, and a slow disk or a busy machine ten
times as long."""


def measure(
    captions: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    with_spice: bool = False,
    english: bool = True,
) -> list[Metric]:
    """Score captions. The values are pycocoevalcap's own.

    What is resampled for their intervals:

    - BLEU: the photos' counts of n-grams and lengths, from which the whole set's BLEU is computed again.
    - METEOR: the photos' alignment statistics, from which the whole set's METEOR is computed again.
    - ROUGE-L, CIDEr, SPICE: the photos' scores. CIDEr's rarity of n-grams stays that of the whole set.

    Args:
        captions: One for each photo.
        references: Of each photo; at least one.
        with_spice: Whether SPICE is measured too; of English alone.
        english: Whether the captions are. METEOR is left out of those in other languages: its stems and
            synonyms are English.

    Returns:
        BLEU-1 to BLEU-4, METEOR, ROUGE-L, CIDEr and SPICE.

    Raises:
        JavaError: Java is missing, or one of its programs failed.
    """
    said, known = _tokenized(captions, references)
    metrics = [
        *_bleu(said, known),
        *([_meteor(said, known)] if english else []),
        mean_metric("ROUGE-L", _rouge(said, known)),
        mean_metric("CIDEr", _cider(said, known)),
    ]
    if with_spice and english:
        metrics.append(mean_metric("SPICE", spice(said, known)))
    return metrics


def _meteor(captions: Sequence[str], references: Sequence[Sequence[str]]) -> Metric:
    aligned = meteor(captions, references)
    return Metric("METEOR", aligned.corpus, aligned.captions, aligned.statistics, meteor_of_sums)


def cider(candidates: Sequence[tuple[str, Sequence[str]]]) -> float:
    """Compute CIDEr: one start of Java, no METEOR.

    The rarity of an n-gram is counted over the references given, so figures of different sets of photos do
    not compare, and that of a single photo is 0.

    Args:
        candidates: Captions, each with its references.

    Raises:
        JavaError: Java is missing, or its program failed.
    """
    captions, references = zip(*candidates, strict=True)
    return float(_cider(*_tokenized(captions, references)).mean())


def rehearse(*, only_cider: bool = False) -> None:
    """Score one caption: to be called before the work whose result is to be scored.

    It finds out that Java is missing, or too old, or can't have its memory. That takes seconds here, and
    costs hours of work where it is found out later.

    Args:
        only_cider: as cider() rather than measure().

    Raises:
        JavaError: scoring will not work; the message says why.
    """
    said, known = _tokenized(["a dog"], [["a dog"]], _PATIENCE)
    _cider(said, known)
    if not only_cider:
        meteor(said, known, _PATIENCE)


def _tokenized(
    captions: Sequence[str], references: Sequence[Sequence[str]], patience: float | None = None
) -> tuple[list[str], list[list[str]]]:
    texts = iter(tokenize([*captions, *(text for some in references for text in some)], patience))
    return [next(texts) for _ in captions], [[next(texts) for _ in some] for some in references]


def _bleu(captions: Sequence[str], references: Sequence[Sequence[str]]) -> list[Metric]:
    from pycocoevalcap.bleu.bleu_scorer import BleuScorer

    scorer = BleuScorer(n=_ORDERS)
    for pair in zip(captions, references, strict=True):
        scorer += pair
    values, per_photo = scorer.compute_score(option="closest", verbose=0)
    rows = []
    for counts in scorer.ctest:
        length = counts["testlen"]
        _, closest = min((abs(other - length), other) for other in counts["reflen"])
        rows.append([length, closest, *counts["guess"], *counts["correct"]])
    statistics = np.array(rows, np.float64)
    return [
        Metric(f"BLEU-{n}", values[n - 1], np.array(per_photo[n - 1]), statistics, partial(bleu_of_sums, n))
        for n in range(1, _ORDERS + 1)
    ]


def bleu_of_sums(order: int, sums: np.ndarray) -> np.ndarray:
    """Compute BLEU (Papineni et al., 2002) from sums of statistics.

    The terms that avoid a division by zero are pycocoevalcap's.

    Args:
        order: Of the longest n-grams.
        sums: Float (..., 10): the length of the captions and of the references closest to them in length, the
            n-grams of the captions for n = 1 to 4, and how many of them the references have.

    Returns:
        Float (...).
    """
    length, closest = sums[..., 0], sums[..., 1]
    precisions = (sums[..., 6 : 6 + order] + 1e-15) / (sums[..., 2 : 2 + order] + 1e-9)
    ratio = (length + 1e-15) / (closest + 1e-9)
    brevity = np.exp(np.minimum(0, 1 - 1 / ratio))
    bleu: np.ndarray = brevity * precisions.prod(-1) ** (1 / order)
    return bleu


def _rouge(captions: Sequence[str], references: Sequence[Sequence[str]]) -> np.ndarray:
    from pycocoevalcap.rouge.rouge import Rouge

    scorer = Rouge()
    pairs = zip(captions, references, strict=True)
    return np.array([scorer.calc_score([caption], texts) for caption, texts in pairs])


def _cider(captions: Sequence[str], references: Sequence[Sequence[str]]) -> np.ndarray:
    from pycocoevalcap.cider.cider_scorer import CiderScorer

    scorer = CiderScorer()
    for pair in zip(captions, references, strict=True):
        scorer += pair
    _, scores = scorer.compute_score()
    return np.asarray(scores, np.float64)
