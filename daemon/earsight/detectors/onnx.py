"""The detector of a model bundle, on ONNX Runtime."""

from __future__ import annotations

import numpy as np

from earsight.bundles.bundle import Bundle, BundleError
from earsight.detectors.detector import Detections
from earsight.detectors.suppression import detections
from earsight.inference.graph import Graph
from earsight.inference.heap import trimmed_heap
from earsight.inference.placement import Placement
from earsight.inference.preprocessing import resized
from earsight.inference.providers import AUTO, Provider
from earsight_bundle.files import DETECTOR
from earsight_bundle.graphs import BOXES, PIXELS, SCORES
from earsight_bundle.manifest import FurtherBoxes, ObjectClass


class OnnxDetector:
    """Pixels to bounding boxes. See Detector."""

    def __init__(self, bundle: Bundle, threads: int = 0, provider: Provider = AUTO) -> None:
        """Load the graph.

        Args:
            bundle: Its files were found whole.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            provider: What is to compute the graph. Where it can't, the processor does; see placement.

        Raises:
            BundleError: The bundle has no detector, or it can't be loaded or does not fit the manifest.
        """
        settings = bundle.manifest.objects
        if settings is None:
            raise BundleError(f"{bundle.folder}: this model finds no objects; choose another bundle")
        self._classes, self._overlap, self._side = settings.classes, settings.overlap, settings.image.side
        self._further = settings.further
        with trimmed_heap():
            self._graph = Graph(bundle.path(DETECTOR), threads, provider, self._run_once)
        self._run_once(self._graph)

    @property
    def classes(self) -> tuple[ObjectClass, ...]:
        return self._classes

    @property
    def further(self) -> FurtherBoxes | None:
        return self._further

    @property
    def placement(self) -> Placement:
        return Placement({DETECTOR: self._graph.computed_by}, self._graph.problem)

    def detect(self, pixels: np.ndarray) -> Detections:
        """Find objects. See Detector.detect(). Raises BundleError if the graph does not fit the manifest."""
        scores, boxes = self._run(self._graph, resized(pixels, self._side)[None])
        return detections(scores, boxes, self._overlap)

    def warm_up(self) -> None:
        self._run_once(self._graph)

    def _run_once(self, graph: Graph) -> None:
        self._run(graph, np.full((1, self._side, self._side, 3), 128, np.uint8))

    def _run(self, graph: Graph, prepared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores (cells, classes) and boxes (cells, 4) of a picture, uint8 (1, side, side, 3)."""
        scores, boxes = graph.run([SCORES, BOXES], {PIXELS: prepared})
        wanted = f"{SCORES} (cells, {len(self._classes)}) and {BOXES} (cells, 4)"
        fits = scores.ndim == 2 and scores.shape[1] == len(self._classes)
        if not fits or boxes.shape != (len(scores), 4):
            raise BundleError(
                f"{graph.path}: gives {SCORES} {scores.shape} and {BOXES} {boxes.shape} where the manifest's "
                f"classes call for {wanted}; export the bundle again"
            )
        return scores, boxes
