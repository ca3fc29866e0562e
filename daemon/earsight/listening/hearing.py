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

_WEIGHTS = {"bias": -1.28, "fit": 0.2135, "worst": 0.0345, "covered": 3.49, "snr": 0.186}
"""Of a logistic regression on the Evidence; `script/bench listen --fit` fits it. Noise weighs more than it
fitted (0.0875): better not understood in the street than something else done."""

_QUIET = 25.0
"""Decibels of a quiet room: what is quieter still makes no difference."""

_LEAST_COVERED = 0.6
"""Share of the speech: a command that leaves out more is part of another sentence, however well it fits."""

ACT_ABOVE = 0.65
"""Certainty from which a command is done."""

ASK_ABOVE = 0.4
"""Certainty from which the wearer is asked whether it was meant; below, it counts as something else."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence. Scores are natural logarithms per frame.

    Attributes:
        fit: How much better its words fit than any phones do; hardly ever above 0.
        worst: The same of the word that fits worst.
        covered: Share of the speech that its words cover, 0..1.
        snr: Decibels by which speech is above the noise, at most those of a quiet room.
    """

    fit: float
    worst: float
    covered: float
    snr: float


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


def compare(words: Sequence[Segment], phones: Sequence[Segment], snr: float) -> Evidence | None:
    """Compare what was heard with any sequence of phones.

    Args:
        words: Of the sentence, and the silences and noises between.
        phones: Of the same sound.
        snr: Its ratio of signal to noise, in decibels.

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
    return Evidence(
        fit=sum(ratio * count for ratio, count in zip(ratios, frames, strict=True)) / sum(frames),
        worst=min(ratios),
        covered=covered / max(1, sum(speech)),
        snr=min(snr, _QUIET),
    )


def certainty(found: Evidence | None) -> float:
    """The probability, 0..1, that a sentence was said; 0 without evidence."""
    if found is None or found.covered < _LEAST_COVERED:
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
