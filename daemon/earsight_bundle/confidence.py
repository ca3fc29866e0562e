"""The confidence of a caption: the formula, and the features that it is computed from.

    log-odds = bias + sum(weights * features) + sum(weights of the caption's words)
    confidence = logistic(log-odds) * informative

Features and `informative` are collected under their names as the caption's evidence. docs/bundle.md describes
each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

from earsight_bundle.manifest import Calibration, FeatureName

FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)
INFORMATIVE: Final = "informative"
"""Evidence: the probability, 0 to 1, that the image shows something to describe; absent without a probe."""
FINISHED: Final = "finished"
"""Evidence: 1 for a caption that came to its end token, 0 for one that was cut short."""
CONSENSUS: Final = "consensus"
"""Evidence: how much of a caption the others of its search say too, 0 to 1."""
STANDS_IN: Final = "stands_in"
"""Evidence: 1 for a caption of the device, where another machine should have captioned; absent otherwise."""

UNCALIBRATED = Calibration(bias=math.log(0.3 / 0.7), weights={})
"""A confidence of 0.3 in everything, which is worded "Not sure, maybe": nothing is known of the model."""

_LARGEST_LOG_ODDS = 50.0


def logistic(log_odds: float) -> float:
    """Return the probability with these log-odds; 0 for NaN, since a broken model is not to be believed."""
    if math.isnan(log_odds):
        return 0.0
    return 1 / (1 + math.exp(-max(-_LARGEST_LOG_ODDS, min(_LARGEST_LOG_ODDS, log_odds))))


def log_odds(calibration: Calibration, text: str, evidence: Mapping[str, float]) -> float:
    """Return the log-odds that a caption makes nothing up, given that the image is informative.

    Args:
        calibration: The bundle's.
        text: The caption. Its words are what spaces part, and each counts once.
        evidence: By name, at least the features that have a weight.

    Raises:
        KeyError: A feature with a weight is missing.
    """
    total = calibration.bias
    total += sum(weight * evidence[name] for name, weight in calibration.weights.items())
    return total + sum(calibration.words.get(word, 0.0) for word in set(text.split()))


def confidence(log_odds_of_caption: float, evidence: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that everything the caption names is in the image."""
    return logistic(log_odds_of_caption) * evidence.get(INFORMATIVE, 1.0)


@dataclass(frozen=True, slots=True)
class Ranking:
    """In what order the captions of an image are said.

    Attributes:
        order: A calibration's.
        consensus: A calibration's.
    """

    order: float = 0.0
    consensus: float = 0.0

    @classmethod
    def of(cls, calibration: Calibration) -> Ranking:
        """That of a bundle's language."""
        return cls(calibration.order, calibration.consensus)

    def key(self, evidence: Mapping[str, float], log_odds_of_caption: float) -> tuple[float, float]:
        """Return a sort key; the caption with the highest is said first.

        Args:
            evidence: By name, with the mean log-probability.
            log_odds_of_caption: See log_odds().
        """
        score = evidence["mean_log_prob"] + self.order * log_odds_of_caption
        score += self.consensus * evidence.get(CONSENSUS, 0.0)
        return evidence.get(FINISHED, 1.0), -math.inf if math.isnan(score) else score


LIKELIEST_FIRST = Ranking()
"""In the order of the search."""


def familiarity(scenes: np.ndarray, embedding: np.ndarray) -> float:
    """Return the highest cosine of an embedding and the scenes of training.

    Args:
        scenes: Float (scenes, width), of unit length.
        embedding: Float (width,), of unit length.

    Raises:
        ValueError: The widths differ.
    """
    return float((scenes @ embedding).max())


def informative(probe: np.ndarray, embedding: np.ndarray) -> float:
    """Return the probability, 0 to 1, that an image shows something to describe.

    Args:
        probe: Float (width + 1,): weights, then the bias.
        embedding: Float (width,), of unit length.

    Raises:
        ValueError: The widths differ.
    """
    return logistic(float(probe[:-1] @ embedding + probe[-1]))
