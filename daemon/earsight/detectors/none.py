"""No detector: for bundles without one, and for settings that want none."""

from __future__ import annotations

import numpy as np

from earsight.detectors.detector import Detections
from earsight.inference.placement import Placement
from earsight_bundle.manifest import ObjectClass


class NoDetector:
    """Knows no classes, and finds nothing."""

    classes: tuple[ObjectClass, ...] = ()
    further: None = None
    placement = Placement({})

    def detect(self, _pixels: np.ndarray) -> Detections:
        return Detections()

    def warm_up(self) -> None:
        pass
