"""What the HTML pages of reports are made of.

A page holds everything that it shows, photos included, as small JPEGs (about 10 kB each). It has no script,
and its policy forbids any: captions and file names are shown as they are, whatever is in them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw

from earsight_training.data.datasets import DatasetError, open_upright
from earsight_training.scoring.bootstrap import RESAMPLES

_LONGER_SIDE, _QUALITY = 288, 65
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

END = "</main></body></html>"
"""The last piece of a page."""

Outline = tuple[tuple[float, float, float, float], str, str]
"""A box to draw: left, top, right and bottom as shares of the picture, what to write at it, its colour."""


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a page.

    Args:
        path: The HTML file.
        pieces: Of the page, in order.

    Raises:
        OSError: It can't be written.
    """
    with path.open("w", encoding="utf-8", errors="backslashreplace") as page:
        for piece in pieces:
            page.write(piece + "\n")


def begin_page(title: str) -> Iterator[str]:
    """Yield the pieces of a page down to its heading.

    Args:
        title: Of the page.
    """
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<header><h1>{escape(title)}</h1></header><main>"


def score_table(photos: int, rows: Iterable[tuple[str, float, float, float]]) -> Iterator[str]:
    """Yield the section with the scores.

    Args:
        photos: How many were scored.
        rows: Of each score its name, its value, and the ends of its interval.
    """
    yield "<section><h2>Scores</h2><table>"
    yield f"<caption>Of {photos:,} photos; 95 % intervals by {RESAMPLES:,} resamplings of"
    yield "the photos</caption><thead><tr><th scope='col'>Score</th><th scope='col'>Value</th>"
    yield "<th scope='col'>From</th><th scope='col'>To</th></tr></thead><tbody>"
    for name, *values in rows:
        cells = "".join(f"<td>{value:.4f}</td>" for value in values)
        yield f"<tr><th scope='row'>{escape(name)}</th>{cells}</tr>"
    yield "</tbody></table></section>"


def picture(path: Path, alternative: str, outlines: Iterable[Outline] = ()) -> str:
    """Return a photo as an element of HTML, small; or what is wrong with it.

    Args:
        path: Of the photo.
        alternative: Its text for who does not see it.
        outlines: Boxes to draw on it.
    """
    try:
        photo = open_upright(path)
    except DatasetError as error:
        return f"<p>{escape(str(error))}</p>"
    photo.thumbnail((_LONGER_SIDE, _LONGER_SIDE))
    _draw(photo, outlines)
    jpeg = io.BytesIO()
    photo.save(jpeg, "JPEG", quality=_QUALITY, optimize=True)
    data = base64.b64encode(jpeg.getvalue()).decode()
    size = f'width="{photo.width}" height="{photo.height}"'
    return f'<img {size} loading="lazy" alt="{escape(alternative)}" src="data:image/jpeg;base64,{data}">'


def _draw(photo: Image.Image, outlines: Iterable[Outline]) -> None:
    draw = ImageDraw.Draw(photo)
    for (left, top, right, bottom), text, colour in outlines:
        corner = (left * photo.width, top * photo.height)
        draw.rectangle((*corner, right * photo.width, bottom * photo.height), outline=colour, width=2)
        draw.text((corner[0] + 3, corner[1] + 1), text, fill=colour)
