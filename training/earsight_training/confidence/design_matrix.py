"""The columns of the calibration's regression: features of the evidence, and the captions' words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from earsight_bundle.confidence import FEATURES
from earsight_bundle.manifest import Calibration, FeatureName
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.scoring.evaluate import Candidate

FOLDS = 5
"""Of the cross-validation, by photo."""
MIN_PHOTOS = 8
"""Photos whose captions have to have a word, and to lack it, for it to get a weight."""
RIDGE = 0.3
"""Of a feature's weight, and of the scaling."""


class DesignMatrix:
    """Columns for each caption. Those of features are scaled to variance 1.

    Attributes:
        importance: Float64 (captions,), how often each counts.
        features: Names of the features that all captions have evidence of, and that vary.
        words: Words that are common enough for a weight, sorted.
    """

    def __init__(
        self, candidates: Sequence[Candidate], photos: np.ndarray, importance: np.ndarray | None = None
    ) -> None:
        """Make the columns.

        Args:
            candidates: The captions.
            photos: int64 (candidates,), the photo that each caption is of, counted from 0.
            importance: Float (photos,), how often each photo counts; None: each once.
        """
        self.importance = np.ones(len(photos)) if importance is None else importance[photos]
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
        """Predict each caption by regressions that did not see its photo.

        Args:
            targets: Float (candidates,), 0 or 1.
            chosen: Features to use.
            ridge: Of the words' weights; None leaves words out.

        Returns:
            Log-odds, float64 (candidates,).
        """
        inputs, ridges = self._columns(chosen, ridge)
        log_odds = np.empty(len(targets))
        for fold in range(FOLDS):
            out = self._folds == fold
            weights = fit_logistic_regression(inputs[~out], targets[~out], ridges, self.importance[~out])
            log_odds[out] = inputs[out] @ weights
        return log_odds

    def fitted(self, targets: np.ndarray, chosen: Sequence[FeatureName], ridge: float | None) -> Calibration:
        """Fit a regression on all captions.

        Args:
            targets: Float (candidates,), 0 or 1.
            chosen: Features to use.
            ridge: Of the words' weights; None leaves words out.

        Returns:
            The calibration, for unscaled features, with an order of 0.
        """
        inputs, ridges = self._columns(chosen, ridge)
        bias, *rest = fit_logistic_regression(inputs, targets, ridges, self.importance).tolist()
        at = [self.features.index(name) for name in chosen]
        weights = np.array(rest[: len(chosen)]) / self._spread[at]
        bias -= float(weights @ self._centre[at])
        words = dict(zip(self.words, rest[len(chosen) :], strict=False))
        return Calibration(bias=bias, weights=dict(zip(chosen, weights.tolist(), strict=True)), words=words)

    def _columns(self, chosen: Sequence[FeatureName], ridge: float | None) -> tuple[np.ndarray, np.ndarray]:
        columns = [np.ones(len(self._scaled)), *(self._scaled[:, self.features.index(x)] for x in chosen)]
        inputs, ridges = np.stack(columns, 1), np.array([1e-6, *[RIDGE] * len(chosen)])
        if ridge is not None:
            inputs = np.concatenate([inputs, self._there], 1)
            ridges = np.concatenate([ridges, np.full(len(self.words), ridge)])
        return inputs, ridges
