"""Scores of detections on labelled photos: precision, recall, average precision, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earsight_training.data.labels import LabelBox, overlap
from earsight_training.scoring.answers import Answer, Detection
from earsight_training.scoring.bootstrap import Metric
from earsight_training.scoring.utterance_scores import class_shares, share_metric

OVERLAP = 0.5
"""Intersection over union from which on a box counts as the labelled one."""
LEAST = 0.05
"""Probability from which on the calibration of presence counts: below, nearly all is right about nothing."""


@dataclass(frozen=True)
class ClassScores:
    """How well one class is named and detected.

    Attributes:
        name: Of the class.
        photos: That show it.
        metrics: named and named-where-none, of utterances; if anything was found in any photo,
            presence-precision, presence-recall and, with boxes, box-precision and box-recall. Those of which
            there is nothing to count are left out.
        average_precision: By boxes, of all candidates, over all recalls; None without boxes.
    """

    name: str
    photos: int
    metrics: Sequence[Metric]
    average_precision: float | None


def class_scores(answers: Sequence[Answer], classes: Sequence[str], *, boxed: bool) -> list[ClassScores]:
    """Score each class that is there in some photo, or named or found in any.

    Args:
        answers: One for each photo.
        classes: To score.
        boxed: Whether there are boxes to compare with.
    """
    scores = []
    finds = any(answer.detections for answer in answers)
    for name in classes:
        judged = [_of_class(answer, name, answer.detections) for answer in answers]
        metrics = class_shares(answers, name)
        if finds:
            metrics += _summed([[each] for each in judged], boxed=boxed)
        if _is_of_interest(judged, metrics):
            candidates = [_of_class(answer, name, answer.candidates) for answer in answers]
            has_boxes = finds and boxed and any(each.labelled for each in candidates)
            average = average_precision(candidates) if has_boxes else None
            scores.append(ClassScores(name, sum(each.present for each in judged), metrics, average))
    return scores


def _is_of_interest(judged: Sequence[_Judged], metrics: Sequence[Metric]) -> bool:
    """Whether a class is there in any photo, or named or found."""
    there_or_found = any(each.present or each.confidence for each in judged)
    return there_or_found or any(metric.statistics[:, 0].any() for metric in metrics)


def all_classes(answers: Sequence[Answer], classes: Sequence[str], *, boxed: bool) -> list[Metric]:
    """Score the detections of all classes together.

    Args:
        answers: One for each photo.
        classes: To score.
        boxed: Whether there are boxes to compare with.

    Returns:
        The metrics of ClassScores, and object-directions-right: of the detections of things that are there,
        how many lie in a third of the picture in which one of these lies.
    """
    by_photo = [[_of_class(answer, name, answer.detections) for name in classes] for answer in answers]
    metrics = _summed(by_photo, boxed=boxed)
    thirds = np.array([_directions(answer) for answer in answers], np.float64).reshape(-1, 2)
    if thirds[:, 1].any():
        metrics.append(share_metric("object-directions-right", thirds[:, 0], thirds[:, 1]))
    return metrics


def calibration_samples(answers: Sequence[Answer], *, boxed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Collect what calibration is measured by.

    Args:
        answers: One for each photo.
        boxed: Whether a detection is right by its box; else by whether the photo shows its class.

    Returns:
        Confidences, float (detections,), and whether each is right, bool (detections,). Without boxes, only
        the most confident detection of each class in a photo.
    """
    confidence, right = [], []
    for answer in answers:
        for name in {each.name for each in answer.detections} & answer.photo.judged:
            found = _of_class(answer, name, answer.detections)
            count = len(found.confidence) if boxed else 1
            confidence += found.confidence[:count]
            right += found.right[:count] if boxed else [found.present]
    return np.array(confidence, np.float64), np.array(right, bool)


def presence_samples(answers: Sequence[Answer]) -> tuple[np.ndarray, np.ndarray]:
    """Collect what the calibration of presence is measured by.

    Args:
        answers: One for each photo.

    Returns:
        The probabilities of judged classes that are LEAST or more, float (any,), and whether the photo
        shows the class, bool (any,).
    """
    pairs = [
        (chance, name in answer.photo.present)
        for answer in answers
        for name, chance in answer.presence.items()
        if name in answer.photo.judged and chance >= LEAST
    ]
    return np.array([chance for chance, _ in pairs], np.float64), np.array(
        [there for _, there in pairs], bool
    )


@dataclass(frozen=True)
class _Judged:
    """The detections of one class in one photo, most confident first.

    Attributes:
        judged: Whether it is known whether the photo shows the class.
        present: Whether it does.
        labelled: How many boxes of it are labelled.
        confidence: Of each detection.
        right: Whether each has the box of a labelled one that no more confident one has.
    """

    judged: bool
    present: bool
    labelled: int
    confidence: list[float]
    right: list[bool]


def _of_class(answer: Answer, name: str, detections: Sequence[Detection]) -> _Judged:
    photo = answer.photo
    if name not in photo.judged:
        return _Judged(judged=False, present=False, labelled=0, confidence=[], right=[])
    found = sorted((each for each in detections if each.name == name), key=lambda each: -each.confidence)
    labels = photo.boxes.get(name, ())
    return _Judged(
        judged=True,
        present=name in photo.present,
        labelled=len(labels),
        confidence=[each.confidence for each in found],
        right=matched(found, labels),
    )


def matched(found: Sequence[Detection], labels: Sequence[LabelBox]) -> list[bool]:
    """Assign labelled boxes to detections, each at most once.

    Args:
        found: Of one class, most confident first.
        labels: Of the same class.

    Returns:
        For each detection, whether it has one: the free one that it overlaps most, by OVERLAP or more. What
        has no box has none.
    """
    free = list(labels)
    right = []
    for each in found:
        shared = [overlap(each.box, label) if each.box else 0.0 for label in free]
        hit = max(shared, default=0.0) >= OVERLAP
        right.append(hit)
        if hit:
            free.pop(shared.index(max(shared)))
    return right


def average_precision(judged: Sequence[_Judged]) -> float:
    """Compute the area under the curve of precision over recall, as PASCAL VOC did from 2010 on.

    Args:
        judged: The detections of one class in each photo.
    """
    pairs = [pair for each in judged for pair in zip(each.confidence, each.right, strict=True)]
    right = np.array([hit for _, hit in sorted(pairs, key=lambda pair: -pair[0])], float)
    if not len(right):
        return 0.0
    precision = right.cumsum() / np.arange(1, len(right) + 1)
    highest_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float((highest_from_here * right).sum() / sum(each.labelled for each in judged))


def _summed(by_photo: Sequence[Sequence[_Judged]], *, boxed: bool) -> list[Metric]:
    """Of every photo some classes. Metrics of which there is nothing to count are left out."""
    counts = np.array([np.sum([_counts(each) for each in some], axis=0) for some in by_photo], np.float64)
    found, present, both, boxes, labels, right = counts.T
    shares = {"presence-precision": (both, found), "presence-recall": (both, present)}
    if boxed:
        shares |= {"box-precision": (right, boxes), "box-recall": (right, labels)}
    return [share_metric(name, part, whole) for name, (part, whole) in shares.items() if whole.any()]


def _counts(each: _Judged) -> tuple[int, int, int, int, int, int]:
    found = bool(each.confidence)
    return found, each.present, found and each.present, len(each.confidence), each.labelled, sum(each.right)


def _directions(answer: Answer) -> tuple[int, int]:
    """Of the detections of things that are there: those in the right direction, and all."""
    known = answer.photo.directions
    there = [(each.name, each.box) for each in answer.detections if each.name in known and each.box]
    return sum(box.direction in known[name] for name, box in there), len(there)
