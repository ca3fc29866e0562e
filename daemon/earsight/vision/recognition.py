"""From what a detector sees to what is said to be there: calibrated, far enough from doubt, and once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earsight.detectors.detector import Detections
from earsight.detectors.suppression import overlaps
from earsight.language.groups import UNDERFOOT
from earsight.language.kindred import KINDRED
from earsight.scene import Box, DetectedObject
from earsight_bundle.manifest import FurtherBoxes, ObjectClass
from earsight_bundle.objects import further_probabilities, probabilities

_SAME_THING = 0.8
"""Intersection over union from which boxes of kindred classes are two opinions of one thing."""

_GROUP = {name: number for number, names in enumerate(KINDRED) for name in names}


@dataclass(frozen=True, slots=True)
class ObjectEvidence:
    """What objects and their presence are computed from.

    Attributes:
        classes: The detector's, with their calibration.
        detections: What it saw, down to its floor.
        head: float32 (classes,), the place head's log-odds that the picture shows any of each class; None
            where there is no head that knows these classes.
        further: How likely a class's boxes beside its best one are things of their own; None: as the best.
    """

    classes: tuple[ObjectClass, ...]
    detections: Detections
    head: np.ndarray | None
    further: FurtherBoxes | None = None

    def confidences(self) -> np.ndarray:
        """Compute the probability, float32 (detections,), that each of the detections is there."""
        found = self.detections.found
        kinds = np.array([each.kind for each in found], np.intp)
        scores = np.zeros((len(found), len(self.classes)), np.float32)
        scores[np.arange(len(found)), kinds] = [each.score for each in found]
        chances = probabilities(scores, self.classes, self.head)[np.arange(len(found)), kinds]
        if self.further is not None and len(found):
            # The best box of each class is the first one that is found.
            beside = np.ones(len(found), bool)
            beside[np.unique(kinds, return_index=True)[1]] = False
            own = further_probabilities(np.array([each.score for each in found]), self.further)
            chances = np.where(beside, np.minimum(chances, own), chances)
        return np.asarray(chances)

    def presence(self) -> dict[str, float]:
        """Tell how likely it is that the picture shows any of a class, for every class by its name."""
        chances = probabilities(self.detections.best, self.classes, self.head)
        return {each.name: float(chance) for each, chance in zip(self.classes, chances, strict=True)}


def findable(classes: Sequence[ObjectClass], names: frozenset[str] | None = None) -> frozenset[str]:
    """Tell which classes can become objects, by name.

    Args:
        classes: The detector's. One that needs certainty is not known well enough.
        names: Of the classes whose objects count; None: all.
    """
    known = frozenset(each.name for each in classes if each.least < 1)
    return known if names is None else known & names


def objects(evidence: ObjectEvidence, names: frozenset[str] | None = None) -> tuple[DetectedObject, ...]:
    """Choose the objects that are likely enough to be named, the most confident first.

    Where boxes of kindred classes mean the same thing, the likeliest is chosen. A class that is likely
    present but has no such box is one object without a box.

    Args:
        evidence: Of the picture.
        names: Of the classes whose objects count; None: all.
    """
    chosen = []
    for found, chance in zip(evidence.detections.found, evidence.confidences(), strict=True):
        kind = evidence.classes[found.kind]
        if chance >= kind.least and (names is None or kind.name in names):
            chosen.append(DetectedObject(kind.name, float(chance), found.box))
    boxed = _each_once(sorted(chosen, key=lambda each: -each.confidence))
    return tuple(sorted([*boxed, *_boxless(evidence, boxed, names)], key=lambda each: -each.confidence))


def _boxless(
    evidence: ObjectEvidence, boxed: list[DetectedObject], names: frozenset[str] | None
) -> list[DetectedObject]:
    """The classes that are likely present, while no box of theirs or of a kindred class is as likely.

    A kindred box that is less likely takes no other's place: beside what may be a fridge there can be a door.
    """
    named = {each.name for each in boxed}
    taken: dict[str | int, float] = {}
    for each in reversed(boxed):  # the most confident one of a group last
        taken[_GROUP.get(each.name, each.name)] = each.confidence
    found = []
    for kind, chance in sorted(
        zip(evidence.classes, evidence.presence().values(), strict=True), key=lambda pair: -pair[1]
    ):
        # A road with a pothole may have a puddle too: on the ground, no class stands for another.
        group: str | int = kind.name if kind.name in UNDERFOOT else _GROUP.get(kind.name, kind.name)
        if chance < kind.least or kind.name in named or (names is not None and kind.name not in names):
            continue
        if taken.get(group, 0.0) < chance:
            found.append(DetectedObject(kind.name, chance, None))
            taken[group] = chance
    return found


def _each_once(objects: list[DetectedObject]) -> list[DetectedObject]:
    """Leave out what a more confident object of a kindred class already is. The objects, all with boxes: best
    first."""
    if not objects:
        return []
    corners = [_corners(each.box) for each in objects if each.box is not None]
    same = overlaps(np.array(corners, np.float32)) > _SAME_THING
    kept: list[int] = []
    for at, one in enumerate(objects):
        group = _GROUP.get(one.name)
        if group is None or not any(same[at, of] and _GROUP.get(objects[of].name) == group for of in kept):
            kept.append(at)
    return [objects[at] for at in kept]


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
