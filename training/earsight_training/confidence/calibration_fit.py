"""Confidence: from what a device finds out about its caption to the probability that it makes nothing up.

A logistic regression on features of the evidence and on the caption's words, fitted on all captions that
searches end with, of photos that were not trained on. Only what lowers the error on photos that it was not
fitted on is kept. The device says the caption that is likely and not made up; what it says is surer than it
is true, having been chosen for that, so the log-odds are scaled to the captions that it says (Platt, 1999).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from earsight_bundle.confidence import FEATURES, confidence, log_odds, rank
from earsight_bundle.manifest import Calibration, FeatureName
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.object_hallucination import made_up

FOLDS = 5
MIN_GAIN = 0.001
"""Nats a caption by which a feature has to lower the cross-validated log-loss, or it is left out."""
MIN_PHOTOS = 8
"""Photos whose captions have to have a word, and to lack it, for it to get a weight."""
WORD_RIDGES = (6.0, 20.0, 60.0)
"""Strengths of the prior that keeps a word's weight at 0, of which the best is taken. Weaker ones are
surer of the photos that they saw than of others."""
_RIDGE = 0.3
_SCALINGS = 3
_MIN_SCALE = 0.1
"""A scale of 0 or less would turn the order around."""
DEFAULT_ORDER = 0.2
"""Nats of mean log-probability that one of log-odds is worth, where captions are put in order. With more,
captions become vague, since what names next to nothing makes nothing up (docs/builtin-model.md)."""


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
    """Return what the device would say of the photo: the first by the contract's rank."""
    captions = (candidate, *candidate.others)
    return max(
        captions, key=lambda each: rank(each.evidence, calibration.order * _log_odds(calibration, each))
    )


def _log_odds(calibration: Calibration, candidate: Candidate) -> float:
    return log_odds(calibration, candidate.caption, candidate.evidence)


def fit(candidates: Sequence[Candidate], order: float = DEFAULT_ORDER) -> Calibration:
    """candidates: with all that their searches ended with."""
    return _scaled(candidates, *_regressed(candidates), order)


def _regressed(candidates: Sequence[Candidate]) -> tuple[Calibration, list[np.ndarray]]:
    """By all captions; and of each photo, the log-odds of its captions by regressions that did not see it."""
    captions = [caption for candidate in candidates for caption in (candidate, *candidate.others)]
    photos = np.repeat(np.arange(len(candidates)), [1 + len(c.others) for c in candidates])
    found, log_odds = select_and_fit(captions, truthful(captions), photos)
    return found, np.split(log_odds, np.flatnonzero(np.diff(photos)) + 1)


def _scaled(
    candidates: Sequence[Candidate], found: Calibration, log_odds: Sequence[np.ndarray], order: float
) -> Calibration:
    """Scaled to the captions that come first, by log-odds that saw neither them nor their photos."""
    shift, scale = 0.0, 1.0
    for _ in range(_SCALINGS):  # once it is scaled, other captions may come first
        firsts, odds = [], []
        for candidate, of_captions in zip(candidates, log_odds, strict=True):
            captions = (candidate, *candidate.others)
            ranks = [
                rank(caption.evidence, order * (shift + scale * logit))
                for caption, logit in zip(captions, of_captions, strict=True)
            ]
            first = ranks.index(max(ranks))
            firsts.append(captions[first])
            odds.append(of_captions[first])
        if np.ptp(odds) < 1e-9:
            break
        inputs = np.stack([np.ones(len(odds)), odds], 1)
        shift, scale = fit_logistic_regression(
            inputs, truthful(firsts).astype(float), np.full(2, _RIDGE)
        ).tolist()
        scale = max(scale, _MIN_SCALE)
    return Calibration(
        bias=shift + scale * found.bias,
        weights={name: scale * weight for name, weight in found.weights.items()},
        words={word: scale * weight for word, weight in found.words.items()},
        order=order,
    )


def truthful(candidates: Sequence[Candidate]) -> np.ndarray:
    """Which of them make nothing up, bool (candidates,)."""
    return np.array([not made_up(c.caption, c.photo.captions) for c in candidates], bool)


def select_and_fit(
    candidates: Sequence[Candidate], truth: np.ndarray, photos: np.ndarray
) -> tuple[Calibration, np.ndarray]:
    """Features, and the words as one more, are added as long as the cross-validated log-loss falls by enough.

    photos: int64 (candidates,), 0 and up: which caption is of which photo, so that none is on both sides.
    Returns the log-odds by regressions on the other folds, float64 (candidates,), too.
    """
    design = _DesignMatrix(candidates, photos)
    targets = truth.astype(float)
    chosen: tuple[FeatureName, ...] = ()
    ridge: float | None = None
    log_odds = design.cross_validated(targets, chosen, ridge)
    while True:
        tried = [((*chosen, name), ridge) for name in design.features if name not in chosen]
        if ridge is None and design.words:
            tried += [(chosen, strength) for strength in WORD_RIDGES]
        by_choice = [design.cross_validated(targets, *choice) for choice in tried]
        losses = [_log_loss(targets, found) for found in by_choice]
        if not losses or min(losses) > _log_loss(targets, log_odds) - MIN_GAIN:
            return design.fitted(targets, chosen, ridge), log_odds
        best = losses.index(min(losses))
        (chosen, ridge), log_odds = tried[best], by_choice[best]


def _log_loss(targets: np.ndarray, log_odds: np.ndarray) -> float:
    """Mean, in nats."""
    return float(np.logaddexp(0, np.where(targets > 0.5, -log_odds, log_odds)).mean())


class _DesignMatrix:
    """The columns of a regression on candidates. Those of features are scaled to spread by 1."""

    def __init__(self, candidates: Sequence[Candidate], photos: np.ndarray) -> None:
        known = [name for name in FEATURES if all(name in c.evidence for c in candidates)]
        rows = [[candidate.evidence[name] for name in known] for candidate in candidates]
        values = np.array(rows, float).reshape(len(rows), len(known))
        spread = values.std(0)
        self.features = [name for name, width in zip(known, spread, strict=True) if width > 1e-9]
        kept = [known.index(name) for name in self.features]
        self._centre, self._spread = values[:, kept].mean(0), spread[kept]
        said = [set(candidate.caption.split()) for candidate in candidates]
        counts = Counter(
            word for word, _ in {(w, p) for words, p in zip(said, photos, strict=True) for w in words}
        )
        usual = range(MIN_PHOTOS, int(photos.max()) + 2 - MIN_PHOTOS)
        self.words = sorted(word for word, count in counts.items() if count in usual)
        there = np.array([[word in words for word in self.words] for words in said], float)
        self._scaled = (values[:, kept] - self._centre) / self._spread
        self._there = there.reshape(len(said), len(self.words))
        folds = np.random.default_rng(0).permutation(int(photos.max()) + 1) % FOLDS
        self._folds = folds[photos]

    def cross_validated(
        self, targets: np.ndarray, chosen: Sequence[FeatureName], ridge: float | None
    ) -> np.ndarray:
        """Log-odds of each fold by a regression on the others, float64 (candidates,)."""
        inputs, ridges = self._columns(chosen, ridge)
        log_odds = np.empty(len(targets))
        for fold in range(FOLDS):
            out = self._folds == fold
            log_odds[out] = inputs[out] @ fit_logistic_regression(inputs[~out], targets[~out], ridges)
        return log_odds

    def fitted(self, targets: np.ndarray, chosen: Sequence[FeatureName], ridge: float | None) -> Calibration:
        inputs, ridges = self._columns(chosen, ridge)
        bias, *rest = fit_logistic_regression(inputs, targets, ridges).tolist()
        at = [self.features.index(name) for name in chosen]
        weights = np.array(rest[: len(chosen)]) / self._spread[at]
        bias -= float(weights @ self._centre[at])
        words = dict(zip(self.words, rest[len(chosen) :], strict=False))
        return Calibration(bias=bias, weights=dict(zip(chosen, weights.tolist(), strict=True)), words=words)

    def _columns(self, chosen: Sequence[FeatureName], ridge: float | None) -> tuple[np.ndarray, np.ndarray]:
        columns = [np.ones(len(self._scaled)), *(self._scaled[:, self.features.index(x)] for x in chosen)]
        inputs, ridges = np.stack(columns, 1), np.array([1e-6, *[_RIDGE] * len(chosen)])
        if ridge is not None:
            inputs = np.concatenate([inputs, self._there], 1)
            ridges = np.concatenate([ridges, np.full(len(self.words), ridge)])
        return inputs, ridges


def cross_fit(candidates: Sequence[Candidate], order: float = DEFAULT_ORDER) -> list[Candidate]:
    """What a device would say, and how sure it would be, of each fold's photos by a calibration that was
    chosen and fitted on the others."""
    folds = np.random.default_rng(1).permutation(len(candidates)) % FOLDS
    said = list(candidates)
    for fold in range(FOLDS):
        others = [candidate for candidate, other in zip(candidates, folds, strict=True) if other != fold]
        calibration = fit(others, order)
        for index in np.flatnonzero(folds == fold).tolist():
            caption = best_caption(calibration, candidates[index])
            sure = float(confidences(calibration, [caption])[0])
            all_of_it = (candidates[index], *candidates[index].others)
            said[index] = replace(caption, confidence=sure, others=all_of_it)
    return said
