"""No reader: where the package for it is not installed, and for settings that want none."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from earsight.inference.placement import Placement
from earsight.readers.reader import ReaderError, proceed
from earsight.scene import Reading


class NoReader:
    """Says why nothing is read."""

    can_read = False
    placement = Placement({})

    def __init__(self, reason: str) -> None:
        """Takes what is wrong, and what to do about it, in one line."""
        self._reason = reason

    def read(
        self, _pixels: np.ndarray, _checkpoint: Callable[[], None] = proceed, _patience: float = math.inf
    ) -> Reading:
        raise ReaderError(self._reason)

    def let_go(self) -> None:
        pass
