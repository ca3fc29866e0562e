"""The contract of a detector."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from earsight.inference.placement import Placement
from earsight.scene import Box
from earsight_bundle.manifest import FurtherBoxes, ObjectClass

FLOOR = 0.05
"""Score below which nothing counts as detected: what is less likely serves nobody."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A bounding box, before its score is calibrated.

    Attributes:
        kind: The number of its class, in the order of the detector's classes.
        score: The detector's, FLOOR..1.
        box: Where it is in the picture.
    """

    kind: int
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Detections:
    """What a detector sees in a picture.

    Attributes:
        found: Best score first; of each class only boxes that don't mean the same thing.
        best: float32 (classes,): the highest score of each class in the whole picture, 0..1, also below
            FLOOR.
    """

    found: tuple[Detection, ...] = ()
    best: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))


class Detector(Protocol):
    """Pixels to bounding boxes with scores. Not for two threads at once. Any step raises CaptionerError."""

    @property
    def classes(self) -> tuple[ObjectClass, ...]:
        """What it knows, with the calibration of each class; nothing where it never finds anything."""

    @property
    def further(self) -> FurtherBoxes | None:
        """How likely a class's boxes beside its best one are things of their own; None: as the best one."""

    def detect(self, pixels: np.ndarray) -> Detections:
        """Find objects.

        Args:
            pixels: uint8 (height, width, 3), RGB, upright.
        """

    @property
    def placement(self) -> Placement:
        """What computes it."""

    def warm_up(self) -> None:
        """Look at some picture, so that the first press finds memory and threads ready."""
