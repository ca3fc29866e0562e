"""The contract of a reader."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from earsight.errors import EarsightError
from earsight.inference.placement import Placement
from earsight.message import message
from earsight.scene import Reading


class ReaderError(EarsightError):
    """Text can't be read: its package is missing, or its networks are damaged."""

    spoken = message("error.reader")


def proceed() -> None:
    """The checkpoint of a reading that nothing ends early."""


class Reader(Protocol):
    """Pixels to lines of text. Loads itself when it first reads. Not for two threads at once.

    Attributes:
        can_read: Whether it ever reads anything; False where nothing is installed that could.
    """

    can_read: bool

    def read(
        self, pixels: np.ndarray, checkpoint: Callable[[], None] = proceed, patience: float = math.inf
    ) -> Reading:
        """Read the text in a picture.

        Args:
            pixels: uint8 (height, width, 3), RGB, upright.
            checkpoint: Called between the steps; whatever it raises ends the reading.
            patience: Seconds after which its first lines are enough: the reading then has a rest.

        Raises:
            ReaderError: It can't be loaded, or fails.
        """

    @property
    def placement(self) -> Placement:
        """What computes it; nothing while it is not loaded."""

    def let_go(self) -> None:
        """Free the memory, if nothing was read for as long as the settings say."""
