"""An evaluation on a labelled set as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from earsight_training.scoring.bootstrap import RESAMPLES, Metric
from earsight_training.scoring.detection_scores import ClassScores
from earsight_training.scoring.labelled_evaluation import LabelledEvaluation
from earsight_training.scoring.utterance_scores import ABOUT

_SAID = ("named", "named-where-none")
_FOUND = ("presence-precision", "presence-recall")
_BOXED = ("box-precision", "box-recall")


def print_labelled(evaluation: LabelledEvaluation, others: Iterable[tuple[str, float, float, float]]) -> None:
    """Print the scores.

    Args:
        evaluation: What was measured.
        others: More scores: their names, values, and the ends of their intervals.
    """
    present = sum(len(answer.photo.present) for answer in evaluation.answers)
    classes = len(evaluation.labelled.classes)
    print(
        f"{evaluation.labelled.name}: {len(evaluation.answers):,} photos, {classes} classes judged,", end=" "
    )
    print(f"{present:,} things present; 95 % intervals by {RESAMPLES:,} resamplings of the photos\n")
    metrics = [*evaluation.utterances, *evaluation.objects]
    rows = [(metric.name, metric.value, *evaluation.intervals[metric.name]) for metric in metrics]
    for name, value, low, high in [*rows, *others]:
        about = ABOUT.get(name, "")
        print(f"{name:28}{value:8.4f}   {low:.4f} to {high:.4f}   {about}".rstrip())
    finds, boxed = bool(evaluation.objects), bool(evaluation.objects) and evaluation.labelled.boxed
    columns = (*_SAID, *(_FOUND if finds else ()), *(_BOXED if boxed else ()))
    _print_classes(evaluation.classes, columns, boxed=boxed)


def _print_classes(classes: Sequence[ClassScores], columns: Sequence[str], *, boxed: bool) -> None:
    heads = "".join(f"{name:>20}" for name in columns) + (f"{'average-precision':>20}" if boxed else "")
    print(f"\n{'class':18}{'photos':>8}{heads}")
    for each in classes:
        by_name = {metric.name: metric for metric in each.metrics}
        cells = "".join(_cell(by_name.get(name)) for name in columns)
        average = "" if not boxed else _number(each.average_precision)
        print(f"{each.name:18}{each.photos:8}{cells}{average}")


def _cell(metric: Metric | None) -> str:
    return _number(metric.value if metric is not None else None)


def _number(value: float | None) -> str:
    return f"{'-':>20}" if value is None else f"{value:20.3f}"
