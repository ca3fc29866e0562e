import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn comes with the train extra")

from earsight_training.confidence.logistic_regression import fit_logistic_regression


def gradient(weights, inputs, targets, ridges, importance):
    """Of the loss that the fit is to make smallest."""
    predicted = 1 / (1 + np.exp(-inputs @ weights))
    return inputs.T @ (importance * (predicted - targets)) + ridges * weights


@pytest.mark.parametrize("soft", [True, False])
def test_the_loss_is_smallest(soft):
    rng = np.random.default_rng(1)
    inputs = np.c_[np.ones(300), rng.normal(size=(300, 4))]
    targets = 1 / (1 + np.exp(-inputs @ rng.normal(size=5)))
    if not soft:
        targets = (rng.random(300) < targets).astype(float)
    ridges, importance = np.array([1e-6, 0.3, 0.3, 20, 60]), rng.uniform(0, 3, 300)
    weights = fit_logistic_regression(inputs, targets, ridges, importance)
    assert np.abs(gradient(weights, inputs, targets, ridges, importance)).max() < 1e-5


def test_how_often_each_counts():
    inputs, targets = np.ones((3, 1)), np.array([1.0, 0.0, 0.0])
    (weight,) = fit_logistic_regression(inputs, targets, np.array([1e-9]), np.array([6.0, 1.0, 1.0]))
    assert 1 / (1 + np.exp(-weight)) == pytest.approx(6 / 8)


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("count", [1, 30])
def test_targets_that_are_all_alike(target, count):
    inputs = np.c_[np.ones(count), np.arange(count) / 30]
    weights = fit_logistic_regression(inputs, np.full(count, target), np.array([1e-6, 0.3]))
    assert np.isfinite(weights).all()
    assert 1 / (1 + np.exp(-inputs @ weights)) == pytest.approx(target, abs=0.01)


def test_without_examples_there_is_the_prior():
    assert fit_logistic_regression(np.empty((0, 2)), np.empty(0), np.ones(2)).tolist() == [0, 0]
