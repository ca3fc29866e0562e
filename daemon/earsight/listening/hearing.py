"""What was heard, and how certain it is. Pure.

The recogniser finds the likeliest command in any sound. What speaks for it is that its words fit the sound
about as well as any sequence of phones does, and that they cover all of the speech: a log-likelihood ratio
against a phone loop, as confidence measures have it (Jiang, "Confidence measures for speech recognition: a
survey", Speech Communication 45, 2005).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Segment = Sequence[str | int]
"""A word or a phone, its first and its last frame (of 10 ms), and the logarithm of its acoustic score."""

_WEIGHTS = {
    "bias": -3.41,
    "fit": 0.118,
    "worst": 0.0425,
    "covered": 4.99,
    "between": 0.016,
    "length": 0.614,
}
"""Of a logistic regression on the Evidence; `script/bench listen --fit` fits it."""

ACT_ABOVE = 0.45
"""Certainty from which a command is done."""

ASK_ABOVE = 0.25
"""Certainty from which the wearer is asked whether it was meant; below, it counts as something else."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence. Scores are natural logarithms per frame.

    Attributes:
        fit: How much better its words fit than any phones do; hardly ever above 0.
        worst: The same of the word that fits worst.
        covered: Share of the speech that its words cover, 0..1.
        between: How much better silence fits, where it has no words, than any phones do.
        length: Logarithm of the frames of its words.
    """

    fit: float
    worst: float
    covered: float
    between: float
    length: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard of a command.

    Attributes:
        text: The likeliest sentence of the grammar; "" for none.
        spoke: Whether somebody has spoken.
        evidence: What speaks for it; None without a sentence.
    """

    text: str
    spoke: bool
    evidence: Evidence | None

    @property
    def certainty(self) -> float:
        """Probability, 0..1, that the sentence was said."""
        return certainty(self.evidence)


def compare(words: Sequence[Segment], phones: Sequence[Segment]) -> Evidence | None:
    """Compare what was heard with any sequence of phones.

    Args:
        words: Of the sentence, and the silences and noises between.
        phones: Of the same sound.

    Returns:
        None if there are no words.
    """
    said = [word for word in words if _is_speech(word)]
    if not said or not phones:
        return None
    scores, speech = _by_frame(phones)
    ratios = [(_score(word) - sum(scores[a : b + 1])) / (b - a + 1) for word, a, b in _spans(said)]
    frames = [b - a + 1 for _, a, b in _spans(said)]
    covered = sum(sum(speech[a : b + 1]) for _, a, b in _spans(said))
    gaps = [word for word in words if not _is_speech(word)]
    lost = sum(min(0.0, _score(gap) - sum(scores[a : b + 1])) for gap, a, b in _spans(gaps))
    return Evidence(
        fit=sum(ratio * count for ratio, count in zip(ratios, frames, strict=True)) / sum(frames),
        worst=min(ratios),
        covered=covered / max(1, sum(speech)),
        between=lost / sum(frames),
        length=math.log(sum(frames)),
    )


def certainty(found: Evidence | None) -> float:
    """The probability, 0..1, that a sentence was said; 0 without evidence."""
    if found is None:
        return 0.0
    logit = _WEIGHTS["bias"] + sum(_WEIGHTS[name] * getattr(found, name) for name in Evidence.__slots__)
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def _is_speech(segment: Segment) -> bool:
    """Whether it is no silence and no noise: <sil>, [NOISE], SIL, +NSN+."""
    name = str(segment[0])
    return name != "SIL" and name[0] not in "<[+"


def _score(segment: Segment) -> float:
    return float(segment[3])


def _spans(segments: Sequence[Segment]) -> list[tuple[Segment, int, int]]:
    return [(each, int(each[1]), int(each[2])) for each in segments]


def _by_frame(phones: Sequence[Segment]) -> tuple[list[float], list[bool]]:
    """For each frame its share of the score of its phone, and whether that is speech."""
    scores: list[float] = []
    speech: list[bool] = []
    for phone, first, last in _spans(phones):
        count = last - first + 1
        scores += [_score(phone) / count] * count
        speech += [_is_speech(phone)] * count
    return scores, speech
