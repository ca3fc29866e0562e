"""Labels that only say what a photo shows, and not where: they confirm or refuse detectors' boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from earsight_training.data.labels import read_csv_labels
from earsight_training.data.object_labels import LabelledPhoto

_CONFIRMED = 0.95
"""What a box is worth, at least, that is the likeliest of a class which the photo is known to show."""


@dataclass
class PresenceLabels:
    """What one photo shows.

    Attributes:
        shown: Names of classes that it shows for certain.
        uncertain: Names of classes that it may show.
    """

    shown: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)


def read_presence(path: Path) -> dict[str, PresenceLabels]:
    """Read a table with the columns image, class and certain (yes or no): see read_csv_labels().

    Args:
        path: A CSV file. A photo that shows none of the classes has one row, whose class is empty.

    Returns:
        By the image's name.

    Raises:
        DatasetError: It can't be read.
    """
    found: dict[str, PresenceLabels] = {}
    for each in read_csv_labels(path):
        labels = found.setdefault(each.image, PresenceLabels())
        if each.label:
            (labels.shown if each.certain else labels.uncertain).add(each.label)
    return found


def confirmed(photo: LabelledPhoto, labels: PresenceLabels, names: Sequence[str]) -> LabelledPhoto:
    """Correct a photo's boxes by what it is known to show.

    Args:
        photo: With boxes that detectors have found.
        labels: Of this photo.
        names: All classes, in their order.

    Returns:
        Without boxes of classes that it does not show, but for those that people drew; the likeliest box of
        each class that it shows is confirmed. Where a class that it shows has no box, or it may show one, the
        class is not known.
    """
    boxes, known, presence = photo.boxes, photo.known.copy(), photo.presence.copy()
    kept, targets = np.ones(len(boxes), bool), boxes.targets.copy()
    for index in np.flatnonzero(known).tolist():
        of_class = boxes.classes == index
        shown = names[index] in labels.shown or bool((boxes.targets[of_class] == 1).any())
        presence[index] = float(shown)
        if shown and not of_class.any():
            known[index] = False
        elif not shown and names[index] in labels.uncertain:
            known[index], presence[index] = False, np.nan
        elif not shown:
            kept &= ~of_class
        else:
            best = np.flatnonzero(of_class)[boxes.targets[of_class].argmax()]
            targets[best] = max(targets[best], _CONFIRMED)
    return replace(photo, boxes=boxes.selected(kept, targets), known=known, presence=presence)
