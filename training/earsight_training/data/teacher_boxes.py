"""Boxes that other detectors have found, to learn from: each with the probability that it is right."""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.datasets import DatasetError
from earsight_training.data.object_labels import CORNERS, Boxes, overlap

_SAME = 0.5
"""Intersection over union from which two teachers have found the same thing."""
_UNSEEN = 0.1
"""Score of what a teacher has not found: below all that it tells."""


@dataclass(frozen=True)
class TeacherBox:
    """A box of a teacher.

    Attributes:
        teacher: Its name.
        name: Of the class.
        score: 0 to 1.
        corners: Left, top, right, bottom, 0 to 1.
    """

    teacher: str
    name: str
    score: float
    corners: tuple[float, float, float, float]


@dataclass(frozen=True)
class TeacherTrust:
    """A logistic regression from the teachers' scores to the probability that a box is right.

    Attributes:
        bias: Log-odds.
        weights: By a teacher's name, log-odds per unit of the log-odds of its score.
    """

    bias: float
    weights: Mapping[str, float]

    def probability(self, scores: Mapping[str, float]) -> float:
        """Compute it for a box.

        Args:
            scores: By the teacher's name, of those that have found it.
        """
        odds = self.bias
        for teacher, weight in self.weights.items():
            score = min(max(scores.get(teacher, _UNSEEN), 1e-3), 1 - 1e-3)
            odds += weight * math.log(score / (1 - score))
        return 1 / (1 + math.exp(-odds))


def read_teacher_boxes(path: Path, folder: str) -> dict[str, list[TeacherBox]]:
    """Read what teachers have found in the photos of a set.

    Args:
        path: A CSV file, or one compressed by gzip, with the columns set, image, teacher, class, score and
            CORNERS.
        folder: The set.

    Returns:
        By the image's name.

    Raises:
        DatasetError: It can't be read.
    """
    found: dict[str, list[TeacherBox]] = defaultdict(list)
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["set"] == folder:
                    left, top, right, bottom = (float(row[name]) for name in CORNERS)
                    box = TeacherBox(
                        row["teacher"], row["class"], float(row["score"]), (left, top, right, bottom)
                    )
                    found[row["image"]].append(box)
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise DatasetError(f"{path}: can't be read as detections ({error})") from error
    return found


def joined(found: Sequence[TeacherBox], classes: Sequence[str], trust: TeacherTrust) -> Boxes:
    """Join the boxes of one photo: what two teachers have found becomes one box.

    Args:
        found: In one photo.
        classes: The list of classes; boxes of others are left out.
        trust: In the teachers.
    """
    numbers = {name: index for index, name in enumerate(classes)}
    left = sorted((box for box in found if box.name in numbers), key=lambda box: -box.score)
    rows = []
    while left:
        first = left.pop(0)
        same = [box for box in left if _is_same(first, box)]
        pair = [first, *same[:1]]
        left = [box for box in left if box not in same]
        weights = np.array([box.score for box in pair])
        corners = np.average([box.corners for box in pair], axis=0, weights=weights)
        chance = trust.probability({box.teacher: box.score for box in pair})
        rows.append((corners.tolist(), numbers[first.name], chance))
    return Boxes.of(rows)


def _is_same(first: TeacherBox, other: TeacherBox) -> bool:
    if other.name != first.name or other.teacher == first.teacher:
        return False
    return bool(overlap(np.array([first.corners]), np.array([other.corners]))[0, 0] >= _SAME)
