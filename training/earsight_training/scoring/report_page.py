"""An evaluation as one HTML page: the scores, then the photos with what was said of them, worst first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

import numpy as np

from earsight_training.scoring.evaluate import Candidate, Evaluation, reliability
from earsight_training.scoring.html_page import END, begin_page, picture, score_table, write_pieces

MOST = 1000
"""Photos on a page: about 10 MB. Of larger sets it shows the worst."""

_LESS_IS_BETTER = {"made-up", "CHAIR_i", "CHAIR_s"}


def write_page(path: Path, title: str, evaluation: Evaluation) -> None:
    """Write the page.

    Args:
        path: The HTML file.
        title: Above the page.
        evaluation: What to show.

    Raises:
        OSError: It can't be written.
    """
    write_pieces(path, _page(title, evaluation))


def worst_first(evaluation: Evaluation) -> list[int]:
    """Order the photos from the lowest CIDEr to the highest; of equal ones, those with something made up come
    first."""
    cider = next(metric.per_photo for metric in evaluation.metrics if metric.name == "CIDEr")
    honest = np.array([not words for words in evaluation.made_up])
    return [int(index) for index in np.lexsort((honest, cider))]


def _page(title: str, evaluation: Evaluation) -> Iterator[str]:
    photos = len(evaluation.candidates)
    order = worst_first(evaluation)[:MOST]
    shown = "All" if len(order) == photos else f"The worst {len(order):,} of {photos:,}"
    yield from begin_page(title)
    yield from _summary(evaluation)
    yield from _reliability(evaluation.candidates)
    yield f"<section><h2>Photos</h2><p>{shown}, from the lowest CIDEr to the highest.</p>"
    for place, index in enumerate(order, 1):
        yield from _photo(place, index, evaluation)
    yield "</section>"
    yield END


def _summary(evaluation: Evaluation) -> Iterator[str]:
    rows = []
    for metric, (low, high) in zip(evaluation.metrics, evaluation.intervals, strict=True):
        less = " (less is better)" if metric.name in _LESS_IS_BETTER else ""
        rows.append((f"{metric.name}{less}", metric.value, low, high))
    yield from score_table(len(evaluation.candidates), rows)


def _reliability(candidates: Sequence[Candidate]) -> Iterator[str]:
    rows = reliability(candidates)
    if not rows:
        return
    yield "<section><h2>Confidence</h2><table><caption>Captions by their confidence</caption><thead><tr>"
    yield "<th scope='col'>Confidence</th><th scope='col'>Captions</th><th scope='col'>Nothing made up</th>"
    yield "</tr></thead><tbody>"
    for low, high, share, truthful in rows:
        cells = f"<td>{share:.1%}</td><td>{truthful:.1%}</td>" if share else "<td>0.0%</td><td></td>"
        yield f"<tr><th scope='row'>{low:.2f} to {min(high, 1):.2f}</th>{cells}</tr>"
    yield "</tbody></table></section>"


def _photo(place: int, index: int, evaluation: Evaluation) -> Iterator[str]:
    candidate, invented = evaluation.candidates[index], evaluation.made_up[index]
    yield f"<article><h3>{place:,}. {escape(candidate.photo.path.name)}</h3>"
    yield f"<div>{picture(candidate.photo.path, candidate.caption)}</div><div>"
    yield f'<p class="said">{_marked(candidate.caption, invented) or "(it said nothing)"}</p>'
    if candidate.confidence is not None:
        yield f"<p>Confidence {candidate.confidence:.2f}</p>"
    if invented:
        yield f"<p>Made up: {_listed(invented)}</p>"
    if evaluation.not_shown[index]:
        yield f"<p>Not among the objects: {_listed({m.words for m in evaluation.not_shown[index]})}</p>"
    scores = [(metric.name, metric.per_photo[index]) for metric in evaluation.metrics]
    yield f"<p>{', '.join(f'{escape(n)} {value:.2f}' for n, value in scores if not np.isnan(value))}</p>"
    yield "<p>References:</p><ul>"
    yield "".join(f"<li>{escape(text)}</li>" for text in candidate.photo.captions)
    yield "</ul></div></article>"


def _listed(words: Iterable[str]) -> str:
    return escape(", ".join(sorted(words)))


def _marked(caption: str, invented: Iterable[str]) -> str:
    """The caption as HTML, with the words of things made up in mark elements."""
    words = set(invented)
    pieces = re.split(r"([A-Za-z-]+)", caption)
    return "".join(
        f"<mark>{escape(piece)}</mark>" if piece.lower() in words else escape(piece) for piece in pieces
    )
