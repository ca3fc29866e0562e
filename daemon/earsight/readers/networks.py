"""PP-OCRv6's two small networks, on ONNX Runtime."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import numpy as np

from earsight.inference.graph import Graph
from earsight.inference.placement import Placement
from earsight.readers.text_recognition import Alphabet, Recognised, recogniser_input
from earsight.readers.text_regions import Region, detector_inputs, fine_input, joined, regions

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"


class PaddleNetworks:
    """What finds text in pictures, and what recognises it: see page.Networks. Any step raises BundleError."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load both.

        Args:
            folder: With both files, as the package rapidocr has it.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
        """
        self._detector = Graph(folder / DETECTOR, threads)
        self._recogniser = Graph(folder / RECOGNISER, threads)
        # The recogniser's file has its characters in it, one a line.
        characters = self._recogniser.session.get_modelmeta().custom_metadata_map["character"]
        self._alphabet = Alphabet(characters.splitlines())

    @property
    def placement(self) -> Placement:
        return Placement({each.path.name: each.computed_by for each in (self._detector, self._recogniser)})

    def detect(self, pixels: np.ndarray) -> list[Region]:
        """Find text in a picture: uint8 (height, width, 3), RGB."""
        found = reduce(joined, (self._regions(pixels, blob) for blob in detector_inputs(pixels)))
        if not any(region.is_line for region in found) and (fine := fine_input(pixels)) is not None:
            return joined(self._regions(pixels, fine), found)
        return found

    def _regions(self, pixels: np.ndarray, blob: np.ndarray) -> list[Region]:
        return regions(_computed(self._detector, blob)[0, 0], *pixels.shape[:2])

    def recognise(self, line: np.ndarray) -> Recognised:
        """Recognise a straightened line: uint8 (48, width, 3), RGB."""
        return self._alphabet.decode(_computed(self._recogniser, recogniser_input(line))[0])


def _computed(graph: Graph, blob: np.ndarray) -> np.ndarray:
    """The only output of a graph with one input."""
    return graph.run(list(graph.outputs), dict.fromkeys(graph.inputs, blob))[0]
