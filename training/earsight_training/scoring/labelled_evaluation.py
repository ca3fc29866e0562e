"""The scores of a device, or of a plain detector, on a labelled set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from earsight_training.data.labels import LabelledSet
from earsight_training.scoring.answers import Answer
from earsight_training.scoring.bootstrap import Metric, interval
from earsight_training.scoring.detection_scores import ClassScores, all_classes, class_scores
from earsight_training.scoring.utterance_scores import utterance_scores

Interval = tuple[float, float]


@dataclass(frozen=True)
class LabelledEvaluation:
    """What was measured.

    Attributes:
        labelled: The set.
        answers: One for each photo that could be described.
        utterances: Scores of what was said.
        objects: Scores of what was found, all classes together; empty where nothing was found in any photo.
        classes: Both, by class.
        intervals: The 95 % interval of each of these, by its metric's name; of classes, "class: name".
    """

    labelled: LabelledSet
    answers: Sequence[Answer]
    utterances: Sequence[Metric]
    objects: Sequence[Metric]
    classes: Sequence[ClassScores]
    intervals: Mapping[str, Interval]


def evaluate_labelled(labelled: LabelledSet, answers: Sequence[Answer]) -> LabelledEvaluation:
    """Compute the scores.

    Args:
        labelled: The set.
        answers: To its photos, at least one.
    """
    utterances = utterance_scores(answers)
    objects: list[Metric] = []
    if any(answer.detections for answer in answers):
        objects = all_classes(answers, labelled.classes, boxed=labelled.boxed)
    classes = class_scores(answers, labelled.classes, boxed=labelled.boxed)
    named = [(metric.name, metric) for metric in [*utterances, *objects]]
    named += [(f"{each.name}: {metric.name}", metric) for each in classes for metric in each.metrics]
    intervals = {name: interval(metric) for name, metric in named}
    return LabelledEvaluation(labelled, answers, utterances, objects, classes, intervals)


def as_json(evaluation: LabelledEvaluation) -> dict[str, object]:
    """Return the scores as JSON values, each score as its value and the ends of its interval."""

    def row(name: str, metric: Metric) -> list[float]:
        return [round(number, 4) for number in (metric.value, *evaluation.intervals[name])]

    return {
        "set": evaluation.labelled.name,
        "photos": len(evaluation.answers),
        "things present": sum(len(answer.photo.present) for answer in evaluation.answers),
        "utterances": {metric.name: row(metric.name, metric) for metric in evaluation.utterances},
        "objects": {metric.name: row(metric.name, metric) for metric in evaluation.objects},
        "classes": {
            each.name: {"photos": each.photos, "average-precision": _rounded(each.average_precision)}
            | {metric.name: row(f"{each.name}: {metric.name}", metric) for metric in each.metrics}
            for each in evaluation.classes
        },
    }


def answers_as_json(answers: Sequence[Answer]) -> list[dict[str, object]]:
    """Return each answer as JSON values: what was said, and what of it is wrong and missing."""
    return [
        {
            "image": str(answer.photo.path),
            "said": answer.said,
            "present": sorted(answer.photo.present),
            "wrong": sorted({thing.words for thing in answer.wrong}),
            "missed": sorted(answer.missed),
            "directions": [list(each) for each in answer.directions],
        }
        for answer in answers
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
