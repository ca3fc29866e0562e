"""The risk-coverage curve as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from earsight_training.confidence.selective_prediction import COVERAGE
from earsight_training.scoring.bootstrap import resampled

_COVERAGES = np.linspace(0.05, 1, 96)
_RESAMPLES = 300


def plot_risk(path: Path, confidence: np.ndarray, truthful: np.ndarray, title: str) -> None:
    """Write an SVG or PNG: which share of what is said makes something up, by the share that is said.

    Readable without colour: the curve is solid, always speaking is dashed, perfect knowledge is dotted.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    curve = risks(confidence, truthful)
    draws = resampled(len(confidence), _RESAMPLES)
    low, high = np.percentile([risks(confidence[d], truthful[d]) for d in draws], [2.5, 97.5], axis=0)
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    axes.fill_between(_COVERAGES, low, high, color="0.85", label="95 % interval")
    axes.plot(_COVERAGES, curve, "k-", linewidth=2, label="least sure captions left out")
    axes.plot(
        [0, 1], [1 - truthful.mean()] * 2, "k--", linewidth=1, label="left out by chance: always as wrong"
    )
    axes.plot(_COVERAGES, risks(truthful.astype(float), truthful), "k:", linewidth=1.5, label="if it knew")
    axes.axvline(COVERAGE, color="0.4", linewidth=0.8)
    axes.annotate(
        f"{np.interp(COVERAGE, _COVERAGES, curve):.0%} at {COVERAGE:.0%}",
        (COVERAGE, float(np.interp(COVERAGE, _COVERAGES, curve))),
        xytext=(-90, 25),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-"},
    )
    axes.set(
        xlabel="coverage: share of the photos that are described",
        ylabel="risk: share of these that make something up",
        title=title,
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(path)
    plt.close(figure)


def risks(confidence: np.ndarray, truthful: np.ndarray) -> np.ndarray:
    """At each of the coverages that are drawn, float64."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~truthful.astype(bool)[order]) / np.arange(1, len(order) + 1)
    at = np.maximum(1, np.round(_COVERAGES * len(order)).astype(int)) - 1
    risk: np.ndarray = wrong[at]
    return risk
