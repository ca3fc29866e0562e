"""Scores of utterances on labelled photos: what they name wrongly, and what is there that they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from earsight_training.scoring.answers import Answer
from earsight_training.scoring.bootstrap import Metric, ratio_metric
from earsight_training.scoring.spoken_things import sentences

PERSON = "person"

_Counts = Callable[[Answer], tuple[float, float]]
"""Of one answer: how many are so, of how many."""

_SCORES: dict[str, tuple[_Counts, str]] = {
    "names-wrong": (lambda a: (bool(a.wrong), 1), "utterances that name a thing that is not there"),
    "names-wrong-plainly": (
        lambda a: (any(not thing.doubted for thing in a.wrong), 1),
        "the same, without a word of doubt",
    ),
    "present-named": (
        lambda a: (len(a.right), len(a.photo.present)),
        "share of the things present that are named",
    ),
    "names-present": (
        lambda a: (bool(a.right), bool(a.photo.present)),
        "of photos with such things, utterances that name at least one",
    ),
    "names-anything": (lambda a: (bool(a.things), 1), "utterances that name anything, judged or not"),
    "people-where-none": (
        lambda a: (PERSON in a.named - a.right, PERSON in a.photo.judged - a.photo.present),
        "of photos of nobody, utterances that speak of people",
    ),
    "directions-right": (
        lambda a: (sum(right for *_, right in a.directions), len(a.directions)),
        "directions said of things that are there: one of them is there",
    ),
    "words": (lambda a: (len(a.said.split()), 1), "words an utterance"),
    "words-a-sentence": (lambda a: (len(a.said.split()), sentences(a.said)), "words a sentence"),
}
"""By name: what is counted, and what it is, in words."""

ABOUT = {name: about for name, (_, about) in _SCORES.items()}
"""What each score is, in words."""


def utterance_scores(answers: Sequence[Answer]) -> list[Metric]:
    """Compute the scores.

    Args:
        answers: One for each photo.

    Returns:
        Those of which there is anything to count.
    """
    metrics = []
    for name, (counts, _) in _SCORES.items():
        part, whole = np.array([counts(answer) for answer in answers], np.float64).reshape(-1, 2).T
        if whole.any():
            metrics.append(share_metric(name, part, whole))
    return metrics


def class_shares(answers: Sequence[Answer], name: str) -> list[Metric]:
    """Compute how often utterances name one class.

    Args:
        answers: One for each photo.
        name: Of the class.

    Returns:
        named, of the photos that show it, and named-where-none, of those that don't; without what there is no
        such photo of.
    """
    there = np.array([name in answer.photo.present for answer in answers], np.float64)
    absent = np.array([name in answer.photo.judged for answer in answers], np.float64) - there
    named = np.array([name in answer.named for answer in answers], np.float64)
    shares = {"named": (named * there, there), "named-where-none": (named * absent, absent)}
    return [share_metric(each, part, whole) for each, (part, whole) in shares.items() if whole.any()]


def share_metric(name: str, part: np.ndarray, whole: np.ndarray) -> Metric:
    """Make a score that is the sum of one number over the sum of another.

    Args:
        name: What it is called in reports.
        part: Float (photos,).
        whole: Float (photos,).
    """
    each = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return ratio_metric(name, part, whole, each)
