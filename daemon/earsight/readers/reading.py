"""From the pieces of a page to what is passed on: lines with their probability and language, and hints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from earsight.readers.aiming import hints
from earsight.readers.line_confidence import confidence
from earsight.readers.line_language import languages
from earsight.readers.lines import Line, in_reading_order, settled
from earsight.readers.page import Page, Piece
from earsight.readers.text_recognition import HEIGHT, Recognised
from earsight.scene import Box, Reading, TextLine

FLOOR = 0.3
"""Confidence below which a piece is left out. Patterns that pass for text have less, nearly always."""
_SCRIPT_SCORE = 0.7
"""Mean probability of foreign letters from which they are some."""
_SCRIPT_LENGTH = 2


_UNSEEN = Recognised()
"""What a piece says that was not recognised yet."""


def reading_of(page: Page, told: Sequence[Piece] = ()) -> Reading:
    """Judge and order what was recognised.

    Args:
        page: Of which all was recognised.
        told: Pieces that are left out, since they were told before.
    """
    judged = _judged(page)
    lines = in_reading_order(_likely(page, judged))
    return Reading(
        tuple(_printed(page, judged, lines, _untold(lines, told))),
        hints(page, judged),
        any(
            _is_other_script(piece) or _is_unknown_script(piece, judged.get(id(piece), 1.0), page.height)
            for piece in page.pieces
        ),
    )


def settled_part(page: Page, told: Sequence[Piece] = ()) -> tuple[Reading, tuple[Piece, ...]]:
    """What can be said before the rest is recognised: from the beginning up to the end of a sentence or
    block, if one has ended.

    Args:
        page: Of which some was recognised.
        told: Pieces that are left out, since they were told before.

    Returns:
        A reading without hints, and the pieces that are in it.
    """
    judged = _judged(page)
    pending = {id(each): each for each in (Piece(region, _UNSEEN) for region in page.pending)}
    lines = in_reading_order([*_likely(page, judged), *pending.values()])
    chosen = settled(_untold(lines, told), lines, lambda piece: id(piece) in pending)
    recognised = [line for line in lines if not any(id(piece) in pending for piece in line.pieces)]
    printed = _printed(page, judged, recognised, chosen)
    return Reading(tuple(printed)), tuple(piece for line in chosen for piece in line.pieces)


def _judged(page: Page) -> dict[int, float]:
    """The confidence of each piece that can be said, by its id."""
    return {id(piece): confidence(piece, page) for piece in page.pieces if not piece.recognised.is_foreign}


def _likely(page: Page, judged: Mapping[int, float]) -> list[Piece]:
    return [piece for piece in page.pieces if judged.get(id(piece), 0) >= FLOOR]


def _untold(lines: Sequence[Line], told: Sequence[Piece]) -> list[Line]:
    """The lines without the pieces that were told before."""
    known = {id(piece) for piece in told}
    left = ((line, tuple(piece for piece in line.pieces if id(piece) not in known)) for line in lines)
    return [replace(line, pieces=pieces) for line, pieces in left if pieces]


def _printed(
    page: Page, judged: Mapping[int, float], lines: Sequence[Line], chosen: Sequence[Line]
) -> Iterator[TextLine]:
    """The chosen ones of the lines, with their language, which the others help to tell."""
    numbers = {id(piece): number for number, line in enumerate(lines) for piece in line.pieces}
    blocks = [[line.text for line in block] for _, block in groupby(lines, key=lambda line: line.block)]
    codes = [code for block in languages(blocks) for code in block]
    for line in chosen:
        sure = float(np.prod([judged[id(piece)] for piece in line.pieces]))
        code = codes[numbers[id(line.pieces[0])]]
        yield TextLine(" ".join(line.text.split()), sure, _box(page, line), code, line.block)


def _is_other_script(piece: Piece) -> bool:
    seen = piece.recognised
    return seen.mixed or (seen.is_foreign and seen.length >= _SCRIPT_LENGTH and seen.mean >= _SCRIPT_SCORE)


def _is_unknown_script(piece: Piece, confidence: float, height: int) -> bool:
    """Whether it is surely text, and easy to see, but nothing that the recogniser knows: Arabic, Thai.

    Of 210 photos of `boxes_dev` and `hazards` one has any, and of 71 made-up pictures of text none. Of 60
    signs in ten scripts that it can't read, with letters of 50 and 110 pixels, 58 are told.
    """
    region = piece.region
    # Measured on lines shrunk to 48 pixels: of larger letters the steepest step is a smaller share a pixel.
    sharp = piece.sharpness > 0.4 * min(1.0, HEIGHT / min(region.width, region.height))
    seen = region.score > 0.7 and sharp and piece.contrast > 60
    sized = region.width > 2 * region.height and 20 < region.text_height < 0.3 * height
    return confidence < FLOOR and seen and sized


def _box(page: Page, line: Line) -> Box:
    """Around a line, in the picture before it was turned."""
    corners = np.concatenate([page.before_turning(piece.region.corners) for piece in line.pieces])
    size = np.array([page.width, page.height] if page.quarters % 2 == 0 else [page.height, page.width])
    (left, top), (right, bottom) = (np.clip(each(0) / size, 0, 1) for each in (corners.min, corners.max))
    return Box(float(left), float(top), float(right), float(bottom))
