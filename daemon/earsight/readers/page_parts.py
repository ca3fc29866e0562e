"""Reading a page part by part, so that its first line can be said while the others are being recognised."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from earsight.readers.page import Networks, Page, Piece, find_text, with_next_piece
from earsight.readers.reading import reading_of, settled_part
from earsight.scene import Reading
from earsight.system import reading_times

_AT_LEAST = 2
"""Pieces that are recognised however late it is: on a slow board, finding them may take all of the time."""
_TRIED_EVERY = 4
"""Where what was recognised in time gives no line, it is looked at again after this many pieces."""


@dataclass(frozen=True, slots=True)
class PageReader:
    """A page that is being read. It never changes: what reads on gets a new one.

    Attributes:
        networks: What recognises.
        pixels: uint8 (height, width, 3), RGB, turned so that the text is upright.
        page: As far as it was recognised.
        told: Pieces that are in the parts before.
    """

    networks: Networks
    pixels: np.ndarray
    page: Page
    told: tuple[Piece, ...] = ()

    def __call__(self, checkpoint: Callable[[], None], patience: float) -> Reading:
        """Read on. See scene.ReadsOn."""
        began, page, count = time.monotonic(), self.page, 0
        while page.pending:
            checkpoint()
            late = time.monotonic() - began - patience
            if late > 0 and count >= _AT_LEAST and (count - _AT_LEAST) % _TRIED_EVERY == 0:
                part = self._part(page)
                if part.lines or late > reading_times.NOTHING:
                    return part
            page, count = with_next_piece(self.networks, self.pixels, page), count + 1
        return reading_of(page, self.told)

    def _part(self, page: Page) -> Reading:
        reading, told = settled_part(page, self.told)
        return replace(reading, rest=replace(self, page=page, told=(*self.told, *told)))


def read_page(
    networks: Networks, pixels: np.ndarray, checkpoint: Callable[[], None], patience: float
) -> Reading:
    """Read a picture.

    Args:
        networks: What finds and recognises.
        pixels: uint8 (height, width, 3), RGB.
        checkpoint: Called between the steps.
        patience: Seconds after which a part is enough, if there is a line in it.
    """
    began = time.monotonic()
    turned, page = find_text(networks, pixels, checkpoint)
    return PageReader(networks, turned, page)(checkpoint, patience - (time.monotonic() - began))
