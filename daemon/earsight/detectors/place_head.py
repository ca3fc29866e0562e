"""The place head of a model bundle: from what its encoder sees to place, ground, and what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earsight.bundles.bundle import Bundle, BundleError
from earsight.inference.graph import Graph
from earsight.inference.placement import Placement
from earsight.inference.providers import AUTO, Provider
from earsight.scene import Place
from earsight_bundle.files import PLACE
from earsight_bundle.graphs import CELLS, GROUNDS, PLACES, PRESENCE
from earsight_bundle.manifest import ObjectClass

_LIKELY = 0.5
"""Probability from which the likeliest place is more likely than not."""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """What the place head says of a picture.

    Attributes:
        place: Where the picture was taken, if any place is more likely than not.
        ground: What the ground ahead is, likewise.
        presence: float32 (classes,): of each class of the bundle's detector, the log-odds that the picture
            shows any of it; empty where the head does not tell.
    """

    place: Place | None
    ground: Place | None
    presence: np.ndarray


class PlaceHead:
    """A small graph on the cells of its bundle's encoder."""

    def __init__(self, bundle: Bundle, threads: int = 0, provider: Provider = AUTO) -> None:
        """Load the graph.

        Args:
            bundle: Its files were found whole.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            provider: What is to compute the graph. Where it can't, the processor does; see placement.

        Raises:
            BundleError: The bundle has no place head, or it can't be loaded or does not fit the manifest.
        """
        settings = bundle.manifest.place
        if settings is None:
            raise BundleError(f"{bundle.folder}: this model tells no places; choose another bundle")
        classes: tuple[ObjectClass, ...] = (
            () if bundle.manifest.objects is None else bundle.manifest.objects.classes
        )
        self._places, self._grounds = settings.places, settings.grounds
        self._graph = Graph(bundle.path(PLACE), threads, provider)
        self._sizes = {PLACES: len(self._places), GROUNDS: len(self._grounds), PRESENCE: len(classes)}
        self._outputs = [name for name, size in self._sizes.items() if size and name in self._graph.outputs]
        self._classes = classes if PRESENCE in self._outputs else ()

    @property
    def classes(self) -> tuple[ObjectClass, ...]:
        """What a reading's presence is of: the classes of the bundle's detector; empty without presence."""
        return self._classes

    @property
    def placement(self) -> Placement:
        """What computes it."""
        return Placement({PLACE: self._graph.computed_by}, self._graph.problem)

    def read(self, cells: np.ndarray) -> PlaceReading:
        """Tell the place.

        Args:
            cells: float32 (1, cells, channels), of an Encoding of the same bundle.

        Raises:
            BundleError: The graph does not fit the encoder or the manifest.
        """
        given = dict(zip(self._outputs, self._graph.run(self._outputs, {CELLS: cells}), strict=True))
        for name, values in given.items():
            if values.shape != (self._sizes[name],):
                raise BundleError(
                    f"{self._graph.path}: gives {name} {values.shape} where the manifest calls for "
                    f"({self._sizes[name]},); export the bundle again"
                )
        nothing = np.zeros(0, np.float32)
        return PlaceReading(
            _likeliest(self._places, given.get(PLACES, nothing)),
            _likeliest(self._grounds, given.get(GROUNDS, nothing)),
            np.nan_to_num(given.get(PRESENCE, nothing).astype(np.float32)),
        )


def _likeliest(names: tuple[str, ...], probabilities: np.ndarray) -> Place | None:
    """None where nothing is more likely than not, or the graph gives no numbers."""
    if not names or not np.isfinite(probabilities).all():
        return None
    best = int(probabilities.argmax())
    probability = min(1.0, float(probabilities[best]))
    return Place(names[best], probability) if probability >= _LIKELY else None
