"""Pages made of pieces that a test places."""

from __future__ import annotations

import numpy as np

from earsight.readers.page import Page, Piece
from earsight.readers.text_recognition import Recognised
from earsight.readers.text_regions import Region

MARGIN = 3.0


def region(left: float, top: float, width: float, height: float, angle: float = 0.0) -> Region:
    """A box around letters; angle: degrees that it is turned by, clockwise, around the picture's corner."""
    corners = np.array(
        [
            [left - MARGIN, top - MARGIN],
            [left + width + MARGIN, top - MARGIN],
            [left + width + MARGIN, top + height + MARGIN],
            [left - MARGIN, top + height + MARGIN],
        ]
    )
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return Region((corners @ matrix).astype(np.float32), MARGIN, 0.8)


def piece(
    text: str, left: float, top: float, height: float = 20, *, angle: float = 0.0, chance: float = 0.99
) -> Piece:
    """A piece whose letters are half as wide as high."""
    chances = np.full(len(text), chance, np.float32)
    box = region(left, top, max(1, len(text)) * height / 2, height, angle)
    return Piece(box, Recognised(text, chances, chance))


def page(*pieces: Piece, height: int = 480, width: int = 640, quarters: int = 0) -> Page:
    return Page(pieces, height, width, quarters)
