"""An evaluation on a labelled set as an HTML page: the scores, then photos with their boxes, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from earsight_training.scoring.answers import Answer
from earsight_training.scoring.html_page import (
    END,
    Outline,
    begin_page,
    picture,
    score_table,
    write_pieces,
)
from earsight_training.scoring.labelled_evaluation import LabelledEvaluation

MOST = 1000
"""Photos on a page: about 10 MB. Of larger sets it shows the worst."""

_LABELLED, _RIGHT, _WRONG, _UNJUDGED = "lime", "deepskyblue", "red", "gray"


def write_labelled_page(path: Path, title: str, evaluation: LabelledEvaluation) -> None:
    """Write the page.

    Args:
        path: The HTML file.
        title: Above the page.
        evaluation: What to show.

    Raises:
        OSError: It can't be written.
    """
    write_pieces(path, _page(title, evaluation))


def worst_answers(evaluation: LabelledEvaluation) -> list[Answer]:
    """Order the answers: most wrong things first, of equal ones wrong directions, then most things missed."""

    def badness(answer: Answer) -> tuple[int, int, int]:
        astray = sum(not right for *_, right in answer.directions)
        return len({thing.words for thing in answer.wrong}), astray, len(answer.missed)

    return sorted(evaluation.answers, key=badness, reverse=True)


def _page(title: str, evaluation: LabelledEvaluation) -> Iterator[str]:
    answers = worst_answers(evaluation)
    shown = "All" if len(answers) <= MOST else f"The worst {MOST:,} of {len(answers):,}"
    yield from begin_page(title)
    metrics = [*evaluation.utterances, *evaluation.objects]
    rows = [(metric.name, metric.value, *evaluation.intervals[metric.name]) for metric in metrics]
    yield from score_table(len(answers), rows)
    yield f"<section><h2>Photos</h2><p>{shown}: those with most wrong things first. Labelled boxes are green;"
    yield "found ones are blue if the photo shows their class, red if not, gray if that is not known.</p>"
    for place, answer in enumerate(answers[:MOST], 1):
        yield from _photo(place, answer)
    yield "</section>"
    yield END


def _photo(place: int, answer: Answer) -> Iterator[str]:
    yield f"<article><h3>{place:,}. {escape(answer.photo.path.name)}</h3>"
    yield f"<div>{picture(answer.photo.path, answer.said, _outlines(answer))}</div><div>"
    yield f'<p class="said">{escape(answer.said) or "(it said nothing)"}</p>'
    astray = {f"{name} {direction}" for name, direction, right in answer.directions if not right}
    for what, names in (
        ("Not there", {thing.words for thing in answer.wrong}),
        ("In another direction", astray),
        ("Not named", answer.missed),
        ("Right", answer.right),
    ):
        if names:
            yield f"<p>{what}: {escape(', '.join(sorted(names)))}</p>"
    yield "</div></article>"


def _outlines(answer: Answer) -> Iterator[Outline]:
    photo = answer.photo
    for name, boxes in photo.boxes.items():
        for box in boxes:
            yield box, name, _LABELLED
    for found in answer.detections:
        known = found.name in photo.judged
        colour = _UNJUDGED if not known else _RIGHT if found.name in photo.present else _WRONG
        if found.box is not None:
            yield found.box, f"{found.name} {found.confidence:.2f}", colour
