"""Photos with bounding boxes, from several sets of labels of which each knows some of the classes only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.datasets import DatasetError
from earsight_training.data.labels import CORNERS, read_csv_labels
from earsight_training.data.place_labels import PLACES, PlaceLabels


@dataclass(frozen=True)
class Boxes:
    """What is labelled in one photo.

    Attributes:
        corners: float32 (boxes, 4): left, top, right, bottom, 0 to 1 of the photo's width and height.
        classes: int64 (boxes,): positions in the list of classes.
        targets: float32 (boxes,): the probability that the box is right; 1 where a person has drawn it.
    """

    corners: np.ndarray
    classes: np.ndarray
    targets: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[tuple[Sequence[float], int, float]]) -> Boxes:
        """Join boxes.

        Args:
            rows: Corners, class and target of each.
        """
        return cls(
            np.array([row[0] for row in rows], np.float32).reshape(-1, 4).clip(0, 1),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.float32),
        )

    def __len__(self) -> int:
        return len(self.classes)

    def selected(self, kept: np.ndarray, targets: np.ndarray | None = None) -> Boxes:
        """Return some of the boxes.

        Args:
            kept: bool (boxes,).
            targets: Float32 (boxes,), of all boxes, in place of those there are.
        """
        ours = self.targets if targets is None else targets
        return Boxes(self.corners[kept], self.classes[kept], ours[kept])


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo for a detector to learn from.

    Attributes:
        image: Its file.
        boxes: What is labelled in it.
        known: bool (classes,): whether all of a class has boxes in this photo. Where it has not, nothing is
            known of what has no box.
        presence: Float32 (classes,): how likely the photo shows any of a class; no number where that is not
            known.
        group: Photos of one place or of one film have the same: they are not to be divided.
        place: Of the photo, where that is known.
        for_detector: Whether the detector learns from it; if not, only the place head and the encoder do.
    """

    image: Path
    boxes: Boxes
    known: np.ndarray
    presence: np.ndarray
    group: str
    place: PlaceLabels | None = None
    for_detector: bool = True


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Compute the intersection over union of boxes.

    Args:
        first: Float (n, 4), corners.
        second: Float (m, 4), corners.

    Returns:
        Float (n, m), 0 to 1.
    """
    begin = np.maximum(first[:, None, :2], second[None, :, :2])
    end = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (end - begin).clip(0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (first, second)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None, :] - shared + 1e-9))


def presence_of(boxes: Boxes, known: np.ndarray) -> np.ndarray:
    """Tell how likely a photo shows any of each class, by its boxes.

    Args:
        boxes: Of the photo.
        known: bool (classes,): classes that it shows none of unless there is a box.

    Returns:
        Float32 (classes,); no number where it is not known.
    """
    presence = np.where(known, 0.0, np.nan).astype(np.float32)
    likeliest = np.zeros_like(presence)
    np.maximum.at(likeliest, boxes.classes, boxes.targets)
    there = likeliest > np.where(known, 0.0, 0.5)
    presence[there] = likeliest[there]
    return presence


def place_labels(photos: Sequence[LabelledPhoto]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gather what is known of photos as a whole.

    Args:
        photos: At least one.

    Returns:
        Places, float32 (photos, places): 1, 0, or no number where it is not known. Grounds, int64 (photos,):
        positions in GROUNDS; -1 where it is not known. Presence, float32 (photos, classes).
    """
    unknown = np.full(len(PLACES), np.nan, np.float32)
    places = np.stack([photo.place.places if photo.place else unknown for photo in photos])
    grounds = np.array([photo.place.ground if photo.place else -1 for photo in photos], np.int64)
    return places, grounds, np.stack([photo.presence for photo in photos])


def read_boxes(path: Path, names: Mapping[str, str], classes: Sequence[str]) -> dict[str, Boxes]:
    """Read a table of boxes: see read_csv_labels().

    Args:
        path: A CSV file.
        names: From the file's names of classes to ours. Boxes of other names are left out.
        classes: The list of classes.

    Returns:
        By the image's name, for all that have a row.

    Raises:
        DatasetError: The table can't be read, or has a row without a box.
    """
    numbers = {name: index for index, name in enumerate(classes)}
    rows: dict[str, list[tuple[Sequence[float], int, float]]] = {}
    for each in read_csv_labels(path):
        found = rows.setdefault(each.image, [])
        if each.box is None:
            raise DatasetError(f"{path}: has no boxes; it needs the columns {', '.join(CORNERS)}")
        name = names.get(each.label, each.label)
        if name in numbers:
            found.append((each.box, numbers[name], 1.0))
    return {image: Boxes.of(found) for image, found in rows.items()}
