"""Maps that name the class of every pixel, as boxes for a detector to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import ndimage

from earsight_training.data.object_labels import Boxes

_SMALLEST = 0.001
"""Share of the picture: what is smaller is no use to learn from in photos of 224 pixels."""
_AGREES = 0.25
"""Share of a detector's box that has the class in the map, from which the box is right."""
_SEEN = 0.5
"""Share of a region within boxes of its class, from which it is no new thing."""


def boxes_of(numbers: np.ndarray, meaning: Mapping[int, str], classes: Sequence[str]) -> Boxes:
    """Find the boxes around connected regions of a class.

    Args:
        numbers: uint8 (rows, columns).
        meaning: From numbers to names; several numbers may mean one class.
        classes: The list of classes.
    """
    rows: list[tuple[Sequence[float], int, float]] = []
    for name in sorted(set(meaning.values()) & set(classes)):
        regions, _ = ndimage.label(_mask(numbers, meaning, name), np.ones((3, 3)))
        for index, (down, across) in enumerate(ndimage.find_objects(regions), 1):
            if (regions[down, across] == index).mean() * _area(down, across, numbers) >= _SMALLEST:
                rows.append((_corners(down, across, numbers), classes.index(name), 1.0))
    return Boxes.of(rows)


def judged(boxes: Boxes, numbers: np.ndarray, meaning: Mapping[int, str], classes: Sequence[str]) -> Boxes:
    """Correct a detector's boxes by a map: those of its classes are right or wrong, and what the detector
    has missed is added.

    Args:
        boxes: With the detector's own targets.
        numbers: uint8 (rows, columns).
        meaning: As in boxes_of().
        classes: The list of classes.

    Returns:
        The boxes that are right, with targets of 1, and the regions in which there was none. Boxes of classes
        that the map does not know are as they were.
    """
    kept: list[tuple[Sequence[float], int, float]] = []
    seen = {name: np.zeros(numbers.shape, bool) for name in set(meaning.values())}
    for corners, index, target in zip(boxes.corners, boxes.classes, boxes.targets, strict=True):
        name = classes[index]
        if name not in seen:
            kept.append((corners.tolist(), int(index), float(target)))
            continue
        part = _part(corners, numbers)
        if part and _mask(numbers, meaning, name)[part].mean() >= _AGREES:
            kept.append((corners.tolist(), int(index), 1.0))
            seen[name][part] = True
    for corners, index, _ in _rows(boxes_of(numbers, meaning, classes)):
        part = _part(np.array(corners), numbers)
        if part and seen[classes[index]][part].mean() < _SEEN:
            kept.append((corners, index, 1.0))
    return Boxes.of(kept)


def _rows(boxes: Boxes) -> list[tuple[list[float], int, float]]:
    return [
        (corners.tolist(), int(index), float(target))
        for corners, index, target in zip(boxes.corners, boxes.classes, boxes.targets, strict=True)
    ]


def _mask(numbers: np.ndarray, meaning: Mapping[int, str], name: str) -> np.ndarray:
    return np.isin(numbers, [number for number, meant in meaning.items() if meant == name])


def _area(down: slice, across: slice, numbers: np.ndarray) -> float:
    return float((down.stop - down.start) * (across.stop - across.start)) / numbers.size


def _corners(down: slice, across: slice, numbers: np.ndarray) -> list[float]:
    rows, columns = numbers.shape
    return [across.start / columns, down.start / rows, across.stop / columns, down.stop / rows]


def _part(corners: np.ndarray, numbers: np.ndarray) -> tuple[slice, slice] | None:
    """The pixels of a box; None where there is none."""
    rows, columns = numbers.shape
    left, top, right, bottom = (corners * [columns, rows, columns, rows]).round().astype(int).tolist()
    if right <= left or bottom <= top:
        return None
    return slice(top, bottom), slice(left, right)
