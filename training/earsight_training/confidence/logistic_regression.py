"""Logistic regression with a prior of its own for each weight, by scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

_TOLERANCE = 1e-9
"""Of the mean loss' gradient. Newton's method is there within a few steps."""
_MAX_STEPS = 200


def fit_logistic_regression(
    inputs: np.ndarray, targets: np.ndarray, ridges: np.ndarray, importance: np.ndarray | None = None
) -> np.ndarray:
    """Fit weights to probabilities.

    Args:
        inputs: Float (examples, columns), a column of ones for the bias among them.
        targets: Float (examples,), the probability of each, 0 to 1.
        ridges: Float (columns,), over 0: half of each times its weight's square is added to the summed loss.
        importance: Float (examples,), how often each counts; None counts each once.

    Returns:
        The weights, float64 (columns,): finite for targets that are all alike, and 0 without examples.
    """
    if not len(inputs):
        return np.zeros(len(ridges))
    times = np.ones(len(inputs)) if importance is None else importance
    # Columns that are scaled have weights that are scaled the other way: so one strength suits all of them.
    scale = 1 / np.sqrt(ridges)
    columns = inputs * scale
    # A probability counts for both classes, by its share. Of each class there has to be an example, which may
    # count nothing.
    positive, negative = targets * times, (1 - targets) * times
    is_positive, is_negative = positive > 0, negative > 0
    rows = np.concatenate([columns[is_positive], columns[is_negative], columns[:1], columns[:1]])
    labels = np.repeat([1, 0, 1, 0], [is_positive.sum(), is_negative.sum(), 1, 1])
    counts = np.concatenate([positive[is_positive], negative[is_negative], [0.0, 0.0]])
    model = LogisticRegression(
        C=1.0, fit_intercept=False, solver="newton-cholesky", tol=_TOLERANCE, max_iter=_MAX_STEPS
    )
    model.fit(rows, labels, sample_weight=counts)
    weights: np.ndarray = model.coef_[0] * scale
    return weights
