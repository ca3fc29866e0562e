"""How far captions are to be believed: the evidence that decoding and the embedding give, and the confidence.

The formula is the bundle contract's: see earsight_bundle.confidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from earsight.bundles.bundle import Bundle, BundleError
from earsight.captioners.captioner import Support, unsupported
from earsight.captioners.consensus import consensus
from earsight.captioners.search import Hypothesis
from earsight.scene import Caption
from earsight_bundle.confidence import (
    CONSENSUS,
    FINISHED,
    INFORMATIVE,
    Ranking,
    confidence,
    familiarity,
    informative,
    log_odds,
)
from earsight_bundle.files import PROBE, SCENES


class Confidence:
    """What a bundle knows about how far its captions are to be believed."""

    def __init__(self, bundle: Bundle) -> None:
        """Load the bundle's files.

        Raises:
            BundleError: A file is missing, or not an array of the right shape.
        """
        files, self._of = bundle.manifest.files, bundle.manifest.captioning_in
        self._scenes = _array(bundle, SCENES, 2) if SCENES in files else None
        self._probe = _array(bundle, PROBE, 1) if PROBE in files else None
        calibrations = [self._of(code).calibration for code in bundle.manifest.codes]
        if self._scenes is None and any("familiarity" in each.weights for each in calibrations):
            raise BundleError(
                f"{bundle.folder}: calibration.weights.familiarity needs {SCENES}; export the bundle again"
            )

    def captions(
        self,
        texts: Sequence[str],
        hypotheses: Sequence[Hypothesis],
        embedding: np.ndarray,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        """Turn what the search ended with into captions with confidence.

        Args:
            texts: The hypotheses' texts.
            hypotheses: In the order of the search.
            embedding: Float (width,), of unit length.
            support: See Captioner.describe().
            language: Code of that of the texts; None: the bundle's first.

        Returns:
            Each text once, in the order of the contract's Ranking: finished captions first.

        Raises:
            BundleError: The embedding has another width than the bundle's files.
        """
        captioning, of_image = self._of(language), self._of_image(embedding)
        code, calibration = captioning.language, captioning.calibration
        ranking, scores = Ranking.of(calibration), [hypothesis.score for hypothesis in hypotheses]
        shares, agreed = probability_shares(scores), consensus(texts, scores)
        captions: dict[str, Caption] = {}
        ranks = {}
        for text, hypothesis, shared in zip(texts, hypotheses, agreed, strict=True):
            if text not in captions:
                evidence = _of_caption(text, hypothesis, texts, shares) | {CONSENSUS: shared} | of_image
                evidence["support"] = support(text, code)
                odds = log_odds(calibration, text, evidence)
                ranks[text] = ranking.key(evidence, odds)
                probability = confidence(odds, evidence)
                mean, lowest = evidence.pop("mean_log_prob"), evidence.pop("lowest_log_prob")
                captions[text] = Caption(text, probability, mean, lowest, evidence, code)
        # Python's sort keeps the search's order of equals.
        return sorted(captions.values(), key=lambda caption: ranks[caption.text], reverse=True)

    def _of_image(self, embedding: np.ndarray) -> dict[str, float]:
        evidence = {}
        try:
            if self._scenes is not None:
                evidence["familiarity"] = familiarity(self._scenes, embedding)
            if self._probe is not None:
                evidence[INFORMATIVE] = informative(self._probe, embedding)
        except ValueError as error:
            raise BundleError(
                f"{SCENES} or {PROBE} does not fit the encoder's embedding of {len(embedding)} numbers;"
                " export the bundle again"
            ) from error
        return evidence


def _of_caption(
    text: str, hypothesis: Hypothesis, texts: Sequence[str], shares: Sequence[float]
) -> dict[str, float]:
    return {
        "mean_log_prob": hypothesis.score,
        "lowest_log_prob": min(hypothesis.log_probs),
        "tokens": float(len(hypothesis.log_probs)),
        "agreement": agreement(text, texts, shares),
        FINISHED: float(hypothesis.finished),
    }


def agreement(text: str, texts: Sequence[str], shares: Sequence[float]) -> float:
    """Tell how far what a search ended with agrees with a caption.

    Args:
        text: The caption.
        texts: Those of all hypotheses.
        shares: Of the probability that each of these has.

    Returns:
        The feature `agreement`, 0..1: the shares of the hypotheses that have the caption's rarest word.
    """
    by_word = [
        sum(share for share, other in zip(shares, texts, strict=True) if word in other.split())
        for word in set(text.split())
    ]
    return min(by_word, default=0.0)


def probability_shares(scores: Sequence[float]) -> list[float]:
    """Each hypothesis' share of the probability, by the scores that the search ranks by: the softmax of mean
    log-probabilities, so that longer captions are no less likely."""
    best = max(scores, default=0.0)
    masses = [math.exp(score - best) if math.isfinite(best) else 1.0 for score in scores]
    return [mass / sum(masses) for mass in masses]


def _array(bundle: Bundle, name: str, axes: int) -> np.ndarray:
    path = bundle.path(name)
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BundleError(f"{path}: not an array ({error}); export the bundle again") from error
    if not (isinstance(array, np.ndarray) and array.ndim == axes and array.size and array.dtype.kind == "f"):
        raise BundleError(f"{path}: not {axes} axes of floats; export the bundle again")
    converted: np.ndarray = array.astype(np.float32)
    return converted
