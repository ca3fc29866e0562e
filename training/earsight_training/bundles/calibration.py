"""Confidence: from what decoding yields to the probability that a caption makes nothing up.

Logistic regression (Platt scaling, 1999) on the mean and the lowest log-probability of a caption's
tokens, fitted on captions of photos that were not trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Calibration:
    """logit = bias + mean_log_prob * (mean log-probability) + lowest_log_prob * (lowest log-probability)."""

    bias: float
    mean_log_prob: float
    lowest_log_prob: float

    def confidence(self, features: np.ndarray) -> np.ndarray:
        """features: float (n, 2), mean and lowest log-probability. Probabilities, float (n,)."""
        logits = self.bias + features @ np.array([self.mean_log_prob, self.lowest_log_prob])
        probabilities: np.ndarray = 1 / (1 + np.exp(-logits))
        return probabilities


def fit(features: np.ndarray, truthful: Sequence[bool], steps: int = 50) -> Calibration:
    """features: float (n, 2), mean and lowest log-probability. Newton's method with a small ridge."""
    inputs = np.column_stack([np.ones(len(features)), features])
    targets = np.asarray(truthful, float)
    weights = np.zeros(3)
    for _ in range(steps):
        predicted = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (predicted - targets) + 1e-3 * weights
        spread = predicted * (1 - predicted)
        weights -= np.linalg.solve((inputs * spread[:, None]).T @ inputs + 1e-3 * np.eye(3), gradient)
    return Calibration(*(float(weight) for weight in weights))


def expected_calibration_error(
    confidence: Sequence[float], truthful: Sequence[bool], bins: int = 10
) -> float:
    """Mean distance between confidence and truth over equally filled bins (Naeini et al., 2015)."""
    order = np.argsort(confidence)
    said, true = np.asarray(confidence)[order], np.asarray(truthful, float)[order]
    gaps = [
        len(part) * abs(said[part].mean() - true[part].mean())
        for part in np.array_split(np.arange(len(said)), bins)
        if len(part)
    ]
    return float(sum(gaps) / len(said))
