"""From what a detector sees to what is said to be there: calibrated, far enough from doubt, and once each."""

from __future__ import annotations

import numpy as np

from earsight.detectors.detector import Detections
from earsight.detectors.suppression import overlaps
from earsight.language.kindred import KINDRED
from earsight.scene import Box, DetectedObject
from earsight_bundle.manifest import ObjectClass
from earsight_bundle.objects import probabilities

_SAME_THING = 0.8
"""Intersection over union from which boxes of kindred classes are two opinions of one thing."""

_GROUP = {name: number for number, names in enumerate(KINDRED) for name in names}


class Recognition:
    """What a detector's scores mean, by the calibration of its classes."""

    def __init__(self, classes: tuple[ObjectClass, ...], names: frozenset[str] | None = None) -> None:
        """Takes what is known of the classes.

        Args:
            classes: The detector's.
            names: Of the classes whose objects count; None: all.
        """
        self._classes = classes
        # A class that is not asked for can have no probability above this.
        self._least = np.array(
            [each.least if names is None or each.name in names else np.inf for each in classes], np.float32
        )

    def presence(self, detections: Detections, seen: np.ndarray | None) -> dict[str, float]:
        """Tell how likely it is that the picture shows any of a class, for every class.

        Args:
            detections: Of the picture.
            seen: Float (classes,), the place head's log-odds of the same; None without such a head.
        """
        chances = probabilities(detections.best, self._classes, seen)
        return {each.name: float(chance) for each, chance in zip(self._classes, chances, strict=True)}

    def objects(self, detections: Detections, seen: np.ndarray | None) -> tuple[DetectedObject, ...]:
        """Choose the objects that are likely enough to be named, the most confident first.

        Where boxes of kindred classes mean the same thing, the likeliest is chosen.

        Args:
            detections: Of the picture.
            seen: As for presence().
        """
        if not detections.found:
            return ()
        kinds = np.array([each.kind for each in detections.found])
        chances = self.confidences(detections, seen)
        order = np.argsort(-chances, kind="stable")
        order = order[chances[order] >= self._least[kinds[order]]]
        objects = [self._object(detections, int(at), float(chances[at])) for at in order]
        return tuple(_each_once(objects))

    def confidences(self, detections: Detections, seen: np.ndarray | None) -> np.ndarray:
        """Compute the probability, float32 (found,), that each of the detections is there."""
        kinds = np.array([each.kind for each in detections.found], np.intp)
        scores = np.zeros((len(kinds), len(self._classes)), np.float32)
        scores[np.arange(len(kinds)), kinds] = [each.score for each in detections.found]
        chances = probabilities(scores, self._classes, seen)
        return np.asarray(chances[np.arange(len(kinds)), kinds])

    def _object(self, detections: Detections, at: int, chance: float) -> DetectedObject:
        found = detections.found[at]
        return DetectedObject(self._classes[found.kind].name, chance, found.box)


def _each_once(objects: list[DetectedObject]) -> list[DetectedObject]:
    """Leave out what a more confident object of a kindred class already is. The objects: best first."""
    if not objects:
        return []
    same = overlaps(np.array([_corners(each.box) for each in objects], np.float32)) > _SAME_THING
    kept: list[int] = []
    for at, one in enumerate(objects):
        group = _GROUP.get(one.name)
        if group is None or not any(same[at, of] and _GROUP.get(objects[of].name) == group for of in kept):
            kept.append(at)
    return [objects[at] for at in kept]


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
