"""Fitting a bundle's calibration: from the evidence for a caption to the probability that it makes nothing
up.

A logistic regression on features of the evidence and on the caption's words, fitted on all captions that
searches end with, of photos that were not trained on. Only what lowers the loss on photos that it was not
fitted on is kept. The device says the caption that is likely and not made up. What it says is less often true
than it is sure, having been chosen for its confidence; so the log-odds are scaled to the captions that come
first (Platt, 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from earsight_bundle.confidence import Ranking, confidence, log_odds
from earsight_bundle.manifest import Calibration, FeatureName
from earsight_training.confidence.design_matrix import FOLDS, RIDGE, DesignMatrix
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.scoring.evaluate import Candidate

MIN_GAIN = 0.001
"""Nats a caption by which a feature has to lower the cross-validated log-loss, or it is left out."""
WORD_RIDGES = (6.0, 20.0, 60.0)
"""Strengths of the prior that keeps a word's weight at 0, of which the best is taken. Weaker ones fit the
photos that they saw better than others."""
_SCALINGS = 3
"""Rounds of scaling."""
_MIN_SCALE = 0.1
"""A scale of 0 or less would reverse the order."""
DEFAULT_RANKING = Ranking(order=0.04, consensus=1.5)
"""That of a calibration that is fitted. With a higher order, captions become vague, since what names next to
nothing makes nothing up (docs/builtin-model.md)."""


def confidences(calibration: Calibration, candidates: Sequence[Candidate]) -> np.ndarray:
    """Compute the confidence in captions, as the device does.

    Args:
        calibration: With features that all candidates have evidence of.
        candidates: The captions.

    Returns:
        Probabilities, float64 (candidates,).
    """
    return np.array([confidence(_log_odds(calibration, each), each.evidence) for each in candidates])


def best_caption(calibration: Calibration, candidate: Candidate) -> Candidate:
    """Find what the device would say of a photo: the first caption by the contract's rank.

    Args:
        calibration: With features that all captions have evidence of.
        candidate: A caption, with the others of its photo.
    """
    captions, ranking = (candidate, *candidate.others), Ranking.of(calibration)
    return max(captions, key=lambda each: ranking.key(each.evidence, _log_odds(calibration, each)))


def _log_odds(calibration: Calibration, candidate: Candidate) -> float:
    return log_odds(calibration, candidate.caption, candidate.evidence)


def fit(
    candidates: Sequence[Candidate], ranking: Ranking = DEFAULT_RANKING, importance: np.ndarray | None = None
) -> Calibration:
    """Fit a calibration.

    Args:
        candidates: One for each photo, with all that its search ended with.
        ranking: Of the calibration.
        importance: Float (candidates,), how often each photo counts; None: each once.
    """
    counts = np.ones(len(candidates)) if importance is None else importance
    return _scaled(candidates, *_regressed(candidates, counts), ranking, counts)


def _regressed(
    candidates: Sequence[Candidate], importance: np.ndarray
) -> tuple[Calibration, list[np.ndarray]]:
    """A calibration by all captions; and for each photo, the log-odds of its captions by regressions that did
    not see it."""
    captions = [caption for candidate in candidates for caption in (candidate, *candidate.others)]
    photos = np.repeat(np.arange(len(candidates)), [1 + len(c.others) for c in candidates])
    found, log_odds = select_and_fit(captions, truthful(captions), photos, importance)
    return found, np.split(log_odds, np.flatnonzero(np.diff(photos)) + 1)


def _scaled(
    candidates: Sequence[Candidate],
    found: Calibration,
    log_odds: Sequence[np.ndarray],
    ranking: Ranking,
    importance: np.ndarray,
) -> Calibration:
    """Scaled to the captions that come first, by log-odds that saw neither them nor their photos."""
    shift, scale = 0.0, 1.0
    for _ in range(_SCALINGS):  # once it is scaled, other captions may come first
        firsts = [
            _first(candidate, of_captions, ranking, shift, scale)
            for candidate, of_captions in zip(candidates, log_odds, strict=True)
        ]
        odds = np.array([of_first for _, of_first in firsts])
        if np.ptp(odds) < 1e-9:
            break
        inputs, truth = np.stack([np.ones(len(odds)), odds], 1), truthful([caption for caption, _ in firsts])
        ridges = np.full(2, RIDGE)
        shift, scale = fit_logistic_regression(inputs, truth.astype(float), ridges, importance).tolist()
        scale = max(scale, _MIN_SCALE)
    return Calibration(
        bias=shift + scale * found.bias,
        weights={name: scale * weight for name, weight in found.weights.items()},
        words={word: scale * weight for word, weight in found.words.items()},
        order=ranking.order,
        consensus=ranking.consensus,
    )


def _first(
    candidate: Candidate, log_odds: np.ndarray, ranking: Ranking, shift: float, scale: float
) -> tuple[Candidate, float]:
    """The caption that comes first by scaled log-odds, with its unscaled ones."""
    captions = (candidate, *candidate.others)
    ranks = [
        ranking.key(caption.evidence, shift + scale * odds)
        for caption, odds in zip(captions, log_odds, strict=True)
    ]
    first = ranks.index(max(ranks))
    return captions[first], float(log_odds[first])


def truthful(candidates: Sequence[Candidate]) -> np.ndarray:
    """Tell which captions make nothing up.

    Args:
        candidates: The captions.

    Returns:
        Bool (candidates,).
    """
    return np.array([not candidate.made_up for candidate in candidates], bool)


def select_and_fit(
    candidates: Sequence[Candidate],
    truth: np.ndarray,
    photos: np.ndarray,
    importance: np.ndarray | None = None,
) -> tuple[Calibration, np.ndarray]:
    """Add features, and the words as one more, as long as the cross-validated log-loss falls by MIN_GAIN.

    Args:
        candidates: The captions.
        truth: Bool (candidates,), which of them make nothing up.
        photos: int64 (candidates,), the photo that each caption is of, counted from 0: none is on both sides
            of a fold.
        importance: Float (photos,), how often each photo counts; None: each once.

    Returns:
        The calibration, with an order of 0, and the log-odds by regressions that did not see a caption's
        photo, float64 (candidates,).
    """
    design = DesignMatrix(candidates, photos, importance)
    counts = design.importance
    targets = truth.astype(float)
    chosen: tuple[FeatureName, ...] = ()
    ridge: float | None = None
    log_odds = design.cross_validated(targets, chosen, ridge)
    while True:
        tried = [((*chosen, name), ridge) for name in design.features if name not in chosen]
        if ridge is None and design.words:
            tried += [(chosen, strength) for strength in WORD_RIDGES]
        by_choice = [design.cross_validated(targets, *choice) for choice in tried]
        losses = [_log_loss(targets, found, counts) for found in by_choice]
        if not losses or min(losses) > _log_loss(targets, log_odds, counts) - MIN_GAIN:
            return design.fitted(targets, chosen, ridge), log_odds
        best = losses.index(min(losses))
        (chosen, ridge), log_odds = tried[best], by_choice[best]


def _log_loss(targets: np.ndarray, log_odds: np.ndarray, importance: np.ndarray) -> float:
    """Mean, in nats."""
    losses = np.logaddexp(0, np.where(targets > 0.5, -log_odds, log_odds))
    return float(np.average(losses, weights=importance))


def cross_fit(
    candidates: Sequence[Candidate], ranking: Ranking = DEFAULT_RANKING, importance: np.ndarray | None = None
) -> list[Candidate]:
    """Calibrate each fold's photos by a calibration that was chosen and fitted on the others.

    Args:
        candidates: One for each photo, with all that its search ended with.
        ranking: Of the calibrations.
        importance: Float (candidates,), how often each photo counts where it is fitted on; None: each once.

    Returns:
        What a device would say of each photo, with its confidence.
    """
    folds = np.random.default_rng(1).permutation(len(candidates)) % FOLDS
    said = list(candidates)
    for fold in range(FOLDS):
        others = [candidate for candidate, other in zip(candidates, folds, strict=True) if other != fold]
        calibration = fit(others, ranking, None if importance is None else importance[folds != fold])
        for index in np.flatnonzero(folds == fold).tolist():
            caption = best_caption(calibration, candidates[index])
            sure = float(confidences(calibration, [caption])[0])
            all_of_it = (candidates[index], *candidates[index].others)
            said[index] = replace(caption, confidence=sure, others=all_of_it)
    return said
