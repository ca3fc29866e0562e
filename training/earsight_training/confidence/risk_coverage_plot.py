"""The risk-coverage curve as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from earsight_training.confidence.selective_prediction import COVERAGE
from earsight_training.scoring.bootstrap import resampled

_COVERAGES = np.linspace(0.05, 1, 96)
_RESAMPLES = 300


def plot_risk(path: Path, confidence: np.ndarray, truthful: np.ndarray, title: str) -> None:
    """Draw which share of what is said makes something up, over the share of the photos that is described.

    The curve is readable without colour: it is solid, describing all is dashed, and a perfect confidence is
    dotted.

    Args:
        path: An SVG or PNG file.
        confidence: Float (photos,).
        truthful: Bool (photos,).
        title: Above the picture.

    Raises:
        OSError: It can't be written.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    _draw(axes, confidence, truthful)
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


def _draw(axes: Any, confidence: np.ndarray, truthful: np.ndarray) -> None:
    """The curves on matplotlib's axes."""
    curve = risks(confidence, truthful)
    draws = resampled(len(confidence), _RESAMPLES)
    low, high = np.percentile([risks(confidence[d], truthful[d]) for d in draws], [2.5, 97.5], axis=0)
    axes.fill_between(_COVERAGES, low, high, color="0.85", label="95 % interval")
    axes.plot(_COVERAGES, curve, "k-", linewidth=2, label="least confident captions left out")
    axes.plot(
        [0, 1], [1 - truthful.mean()] * 2, "k--", linewidth=1, label="left out by chance: always as wrong"
    )
    perfect = risks(truthful.astype(float), truthful)
    axes.plot(_COVERAGES, perfect, "k:", linewidth=1.5, label="perfect confidence")
    axes.axvline(COVERAGE, color="0.4", linewidth=0.8)
    risk = float(np.interp(COVERAGE, _COVERAGES, curve))
    axes.annotate(
        f"{risk:.0%} at {COVERAGE:.0%}",
        (COVERAGE, risk),
        xytext=(-90, 25),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-"},
    )


def risks(confidence: np.ndarray, truthful: np.ndarray) -> np.ndarray:
    """Compute the risk at each coverage that is drawn.

    Args:
        confidence: Float (photos,).
        truthful: Bool (photos,).

    Returns:
        Float64 (coverages,).
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~truthful.astype(bool)[order]) / np.arange(1, len(order) + 1)
    at = np.maximum(1, np.round(_COVERAGES * len(order)).astype(int)) - 1
    risk: np.ndarray = wrong[at]
    return risk
