"""An evaluation as one HTML page: the scores, then the photos with what was said of them, worst first.

The page holds everything that it shows, photos included, as small JPEGs (about 10 kB each). It has no script,
and its policy forbids any: captions and file names are shown as they are, whatever is in them.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

import numpy as np

from earsight_training.data.datasets import DatasetError, open_upright
from earsight_training.scoring.bootstrap import RESAMPLES
from earsight_training.scoring.evaluate import Candidate, Evaluation, reliability

MOST = 1000
"""Photos on a page: about 10 MB. Of larger sets it shows the worst."""

_LONGER_SIDE, _QUALITY = 288, 65
_LESS_IS_BETTER = {"made-up", "CHAIR_i", "CHAIR_s"}
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1, h3 { overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; }
th, td { padding: .15rem .8rem .15rem 0; text-align: left; font-variant-numeric: tabular-nums; }
td, thead th:not(:first-child) { text-align: right; }
article { border-top: 1px solid gray; padding: 1rem 0; display: grid; gap: 0 1.5rem; }
@media (min-width: 40rem) { article { grid-template-columns: 18rem minmax(0, 1fr); } }
article h3 { grid-column: 1 / -1; margin: 0 0 .5rem; font-size: 1rem; }
article img { max-width: 100%; height: auto; }
.said { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; }
article p, article ul { margin: .25rem 0; overflow-wrap: anywhere; }
mark { background: #ffd54f; color: black; text-decoration: underline wavy; padding: 0 .1em; }
"""


def write_page(path: Path, title: str, evaluation: Evaluation) -> None:
    """Write the page.

    Args:
        path: The HTML file.
        title: Above the page.
        evaluation: What to show.

    Raises:
        OSError: It can't be written.
    """
    with path.open("w", encoding="utf-8", errors="backslashreplace") as page:
        for piece in _page(title, evaluation):
            page.write(piece + "\n")


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
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<header><h1>{escape(title)}</h1></header><main>"
    yield from _summary(evaluation)
    yield from _reliability(evaluation.candidates)
    yield f"<section><h2>Photos</h2><p>{shown}, from the lowest CIDEr to the highest.</p>"
    for place, index in enumerate(order, 1):
        yield from _photo(place, index, evaluation)
    yield "</section></main></body></html>"


def _summary(evaluation: Evaluation) -> Iterator[str]:
    yield "<section><h2>Scores</h2><table>"
    yield f"<caption>Of {len(evaluation.candidates):,} photos; 95 % intervals by {RESAMPLES:,} resamplings of"
    yield "the photos</caption><thead><tr><th scope='col'>Score</th><th scope='col'>Value</th>"
    yield "<th scope='col'>From</th><th scope='col'>To</th></tr></thead><tbody>"
    for metric, (low, high) in zip(evaluation.metrics, evaluation.intervals, strict=True):
        less = " (less is better)" if metric.name in _LESS_IS_BETTER else ""
        cells = "".join(f"<td>{value:.4f}</td>" for value in (metric.value, low, high))
        yield f"<tr><th scope='row'>{escape(metric.name)}{less}</th>{cells}</tr>"
    yield "</tbody></table></section>"


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
    yield f"<div>{_picture(candidate)}</div><div>"
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


def _picture(candidate: Candidate) -> str:
    try:
        photo = open_upright(candidate.photo.path)
    except DatasetError as error:
        return f"<p>{escape(str(error))}</p>"
    photo.thumbnail((_LONGER_SIDE, _LONGER_SIDE))
    jpeg = io.BytesIO()
    photo.save(jpeg, "JPEG", quality=_QUALITY, optimize=True)
    data = base64.b64encode(jpeg.getvalue()).decode()
    size = f'width="{photo.width}" height="{photo.height}"'
    return (
        f'<img {size} loading="lazy" alt="{escape(candidate.caption)}" src="data:image/jpeg;base64,{data}">'
    )


def _marked(caption: str, invented: Iterable[str]) -> str:
    """The caption as HTML, with the words of things made up in mark elements."""
    words = set(invented)
    pieces = re.split(r"([A-Za-z-]+)", caption)
    return "".join(
        f"<mark>{escape(piece)}</mark>" if piece.lower() in words else escape(piece) for piece in pieces
    )
