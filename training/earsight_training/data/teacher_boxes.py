"""Boxes that other detectors have found, to learn from: each with the probability that it is right.

Their table is CSV, or gzipped CSV (``.csv.gz``), with the columns ``set``, ``image``, ``teacher``, ``class``,
``score``, ``left``, ``top``, ``right`` and ``bottom``; the score is 0..1, the corners are shares of the
picture.
"""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_files.csv_table import CsvError, read_rows
from earsight_training.data.datasets import DatasetError, read_text
from earsight_training.data.labels import CORNERS, LabelBox, overlap
from earsight_training.data.object_labels import Boxes

_NUMBERS = ("score", *CORNERS)
_COLUMNS = ("set", "image", "teacher", "class", *_NUMBERS)
_MOST_BYTES = 2**28
"""Of a table, unpacked."""
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
        box: Where it is.
    """

    teacher: str
    name: str
    score: float
    box: LabelBox


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


def read_teacher_boxes(path: Path, of_set: str, teacher: str | None = None) -> dict[str, list[TeacherBox]]:
    """Read what teachers have found in the photos of a set.

    Args:
        path: Of the table.
        of_set: Name of the set.
        teacher: Whose boxes alone; None: those of all.

    Returns:
        By the photo's name. A photo in which nothing was found has no entry.

    Raises:
        DatasetError: The file can't be read, a row can't be, or there is no row of them.
    """
    found: dict[str, list[TeacherBox]] = defaultdict(list)
    there: set[tuple[str, str]] = set()
    try:
        for number, cells in read_rows(_unpacked(path), _COLUMNS):
            there.add((cells["set"], cells["teacher"]))
            if cells["set"] == of_set and teacher in (None, cells["teacher"]):
                found[cells["image"]].append(_teacher_box(f"{path}: line {number}", cells))
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error
    if not found:
        whose = f"{of_set} by {teacher}" if teacher else of_set
        known = ", ".join(sorted(f"{name} by {network}" for name, network in there)) or "nothing"
        raise DatasetError(f"{path}: nothing of {whose}; there is: {known}")
    return found


def _unpacked(path: Path) -> str:
    if path.suffix != ".gz":
        return read_text(path)
    try:
        with gzip.open(path) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise DatasetError(f"{path}: more than {_MOST_BYTES // 2**20} MB, unpacked")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text file in UTF-8: {error}") from error
    except (OSError, EOFError) as error:
        raise DatasetError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _teacher_box(where: str, cells: Mapping[str, str]) -> TeacherBox:
    try:
        score, left, top, right, bottom = (float(cells[column]) for column in _NUMBERS)
    except ValueError as error:
        raise DatasetError(f"{where}: {', '.join(_NUMBERS)} are not all numbers") from error
    if not all(0 <= number <= 1 for number in (score, left, top, right, bottom)):
        raise DatasetError(f"{where}: {', '.join(_NUMBERS)} are not all within 0 and 1")
    return TeacherBox(cells["teacher"], cells["class"], score, LabelBox(left, top, right, bottom))


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
        corners = np.average([box.box for box in pair], axis=0, weights=weights)
        chance = trust.probability({box.teacher: box.score for box in pair})
        rows.append((corners.tolist(), numbers[first.name], chance))
    return Boxes.of(rows)


def _is_same(first: TeacherBox, other: TeacherBox) -> bool:
    if other.name != first.name or other.teacher == first.teacher:
        return False
    return overlap(first.box, other.box) >= _SAME
