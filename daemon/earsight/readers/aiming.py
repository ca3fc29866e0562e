"""What would make text easier to read: hints for aiming the camera.

Limits were chosen on generated pictures (benchmarks/text_pictures.py); docs/reading.md has what they find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from earsight.readers.page import Page, Piece
from earsight.scene import AimingHint

_POOR = 0.5
"""Confidence below which a piece counts as not read."""
_MOST = 0.5
"""Share of the pieces that are poor, from which the whole counts as hard to read."""
_SMALL = 18.0
"""Pixels of letters' height."""
_SOFT = 0.12
"""Sharpness of the edges of blurred letters."""
_LONG, _SHARE = 2.0, 0.1
"""Width to height of a line at least, and its share of the picture's height at most."""
_LIKELY = 0.5
"""The detector's score of text."""
_LETTERS, _DIFFERENT = 4, 3
"""Letters in what looks like a word, and different ones among them: patterns repeat themselves."""
_HALF_RIGHT = 0.5
"""Mean probability of characters from which some of them are right."""
_EDGE = 0.35
"""Share of the letters' height up to which text touches the edge of the picture."""


def hints(page: Page, confidences: Mapping[int, float]) -> frozenset[AimingHint]:
    """Find out what is in the way.

    Args:
        page: What was recognised.
        confidences: By the id of each piece that can be said.
    """
    read = [piece for piece in page.pieces if confidences.get(id(piece), 0.0) >= _POOR]
    found = _cut_off(page, read)
    if read and page.quarters == 2:
        found.add(AimingHint.UPSIDE_DOWN)
    poor = [
        piece
        for piece in page.pieces
        if confidences.get(id(piece), 1.0) < _POOR and _looks_like_a_line(piece, page)
    ]
    if poor and len(poor) >= _MOST * (len(poor) + len(read)):
        found |= _hard_to_read(poor)
    return frozenset(found)


def _looks_like_a_line(piece: Piece, page: Page) -> bool:
    """Whether it is more likely text that can't be read than a pattern, which is mostly large and compact."""
    region = piece.region
    long_enough = region.width > _LONG * region.height and region.text_height < _SHARE * page.height
    small = region.text_height < _SMALL and region.score > _LIKELY
    return long_enough and (small or _is_garbled(piece))


def _is_garbled(piece: Piece) -> bool:
    """Whether some letters of words were recognised: where a pattern is taken for letters, they are few or
    the same. Of 364 photos in which no line is read, 13 have such a piece, and all 13 show text."""
    letters = [character.lower() for character in piece.recognised.text if character.isalpha()]
    enough = len(letters) >= _LETTERS and len({*letters}) >= _DIFFERENT
    return enough and piece.recognised.mean >= _HALF_RIGHT


def _hard_to_read(poor: Sequence[Piece]) -> set[AimingHint]:
    """Closer letters are larger, and sharper too; only what is very soft is blurred."""
    soft = float(np.median([piece.sharpness for piece in poor])) < _SOFT
    return {AimingHint.BLURRED if soft else AimingHint.TOO_SMALL}


def _cut_off(page: Page, read: Sequence[Piece]) -> set[AimingHint]:
    """The sides at which lines reach the edge of the picture."""
    found = set()
    height, width = (page.height, page.width) if page.quarters % 2 == 0 else (page.width, page.height)
    for piece in read:
        corners = page.before_turning(piece.region.corners)
        near = _EDGE * piece.region.text_height - piece.region.margin
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        sides = {
            AimingHint.CUT_OFF_LEFT: left < near,
            AimingHint.CUT_OFF_RIGHT: right > width - near,
            AimingHint.CUT_OFF_TOP: top < near,
            AimingHint.CUT_OFF_BOTTOM: bottom > height - near,
        }
        found |= {hint for hint, reached in sides.items() if reached}
    return found
