"""How far captions are to be believed: what decoding and the embedding show, and the probability made of it.

A logistic regression on named features and on the caption's words (some are made up more often than others),
fitted at export on photos that were not trained on, times the probability that there is something in the
picture at all. docs/bundle.md has the features.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from earsight.bundles.bundle import PROBE, SCENES, Bundle, BundleError, Calibration
from earsight.captioners.search import Hypothesis
from earsight.scene import Caption


class Confidence:
    """What a bundle knows about how far its captions are to be believed."""

    def __init__(self, bundle: Bundle) -> None:
        """Raises BundleError when its files are no arrays of the right shape, or one is missing."""
        files, calibration = bundle.manifest.files, bundle.manifest.calibration
        self._calibration = calibration
        self._scenes = _array(bundle, SCENES, 2) if SCENES in files else None
        self._probe = _array(bundle, PROBE, 1) if PROBE in files else None
        if "familiarity" in calibration.weights and self._scenes is None:
            raise BundleError(
                f"{bundle.folder}: calibration.weights.familiarity needs {SCENES}; export the bundle anew"
            )

    def captions(
        self, texts: Sequence[str], hypotheses: Sequence[Hypothesis], embedding: np.ndarray
    ) -> list[Caption]:
        """Each text once, best first: finished ones, and of these what is likely and not made up.

        texts: the hypotheses', which are in the search's order. embedding: float (width,), unit length.
        Raises BundleError for an embedding of another width than the bundle's files have.
        """
        of_picture = self._of_picture(embedding)
        masses = _masses([hypothesis.score for hypothesis in hypotheses])
        captions: dict[str, Caption] = {}
        ranks = {}
        for text, hypothesis in zip(texts, hypotheses, strict=True):
            if text not in captions:
                evidence = _of_caption(text, hypothesis, texts, masses) | of_picture
                odds = log_odds(self._calibration, text, evidence)
                mean, lowest = evidence.pop("mean_log_prob"), evidence.pop("lowest_log_prob")
                something = evidence.get("something", 1.0)
                captions[text] = Caption(text, _logistic(odds) * something, mean, lowest, evidence)
                ranks[text] = (hypothesis.finished, _number(mean + self._calibration.order * odds))
        # Python's sort keeps the search's order of equals.
        return sorted(captions.values(), key=lambda caption: ranks[caption.text], reverse=True)

    def _of_picture(self, embedding: np.ndarray) -> dict[str, float]:
        evidence = {}
        try:
            if self._scenes is not None:
                evidence["familiarity"] = float((self._scenes @ embedding).max())
            if self._probe is not None:
                evidence["something"] = _logistic(float(self._probe[:-1] @ embedding + self._probe[-1]))
        except ValueError as error:
            raise BundleError(
                f"{SCENES} or {PROBE} does not fit the encoder's embedding of {len(embedding)} numbers;"
                " export the bundle anew"
            ) from error
        return evidence


def log_odds(calibration: Calibration, text: str, evidence: Mapping[str, float]) -> float:
    """That all that a caption names is in the picture, if there is anything in it. evidence: by feature."""
    logit = calibration.bias
    logit += sum(weight * evidence[name] for name, weight in calibration.weights.items())
    return logit + sum(calibration.words.get(word, 0.0) for word in set(text.split()))


def _of_caption(
    text: str, hypothesis: Hypothesis, texts: Sequence[str], masses: Sequence[float]
) -> dict[str, float]:
    words = set(text.split())
    shares = [
        sum(mass for mass, other in zip(masses, texts, strict=True) if word in other.split())
        for word in words
    ]
    return {
        "mean_log_prob": hypothesis.score,
        "lowest_log_prob": min(hypothesis.log_probs),
        "tokens": float(len(hypothesis.log_probs)),
        "agreement": min(shares, default=0.0),
        "finished": float(hypothesis.finished),
    }


def _masses(scores: Sequence[float]) -> list[float]:
    """Each hypothesis' share of the probability, by the scores that the search ranks by: longer captions are
    no less likely."""
    best = max(scores, default=0.0)
    masses = [math.exp(score - best) if math.isfinite(best) else 1.0 for score in scores]
    return [mass / sum(masses) for mass in masses]


def _logistic(logit: float) -> float:
    # A model that yields no number is not to be believed; min and max would take it for certain.
    return 0.0 if math.isnan(logit) else 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def _number(rank: float) -> float:
    return -math.inf if math.isnan(rank) else rank


def _array(bundle: Bundle, name: str, axes: int) -> np.ndarray:
    path = bundle.path(name)
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BundleError(f"{path}: not an array ({error}); export the bundle anew") from error
    if not (isinstance(array, np.ndarray) and array.ndim == axes and array.size and array.dtype.kind == "f"):
        raise BundleError(f"{path}: not {axes} axes of floats; export the bundle anew")
    converted: np.ndarray = array.astype(np.float32)
    return converted
