"""Labelled sets: what is in photos, and of which classes that is known.

A set is a folder with ``images/`` and one of these, or the file itself:

- ``boxes.csv``: one row a box, with the columns ``image``, ``class`` and either ``left``, ``top``, ``right``
  and ``bottom``, or ``x_centre``, ``y_centre``, ``width`` and ``height``, all of them shares of the picture;
- ``present.csv``: one row for each class in a photo, with the columns ``image``, ``class`` and, if there are
  any, ``direction`` (left, ahead or right; a class in two directions has two rows) and ``certain`` (yes, or
  no for what may be there). With the column ``certain``, a photo that shows nothing has a row without class;
- ``maps/``: a PNG for each photo, one value a pixel;
- ``captions.csv``: as for training. A thing is there if at least half of a photo's captions name it.

``images/`` says which photos there are: one without a row shows nothing that is labelled. What is in the file
``uncertain.csv`` (``image``, ``class``) beside them, or is not certain, is judged neither right nor wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from earsight_files.csv_table import CsvError, read_rows
from earsight_training.data.datasets import DatasetError, read_text
from earsight_training.data.label_table import LabelTable

DIRECTIONS = ("left", "ahead", "right")
"""The thirds of a picture, as the device names them."""

CORNERS = ("left", "top", "right", "bottom")
_CENTRE = ("x_centre", "y_centre", "width", "height")
_BEYOND = 0.01
"""How far a box may lie outside of its picture, by rounding."""


class LabelBox(NamedTuple):
    """A bounding box, as shares of the picture's width and height, 0..1 from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def direction(self) -> str:
        """The third of the picture that its middle lies in."""
        middle = (self.left + self.right) / 2
        return DIRECTIONS[0 if middle < 1 / 3 else 2 if middle > 2 / 3 else 1]


def overlap(one: LabelBox, other: LabelBox) -> float:
    """Compute the intersection of two boxes over their union, 0..1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    areas = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    return shared / (areas - shared)


@dataclass(frozen=True)
class PhotoLabels:
    """What is known of a photo.

    Attributes:
        path: Of its file.
        judged: Classes of which it is known whether the photo shows any.
        present: Those of the judged ones that it shows.
        boxes: By class; empty where the set has none.
        directions: By class, the thirds in which the middle of one of them lies; empty where that is unknown.
    """

    path: Path
    judged: frozenset[str]
    present: frozenset[str]
    boxes: Mapping[str, tuple[LabelBox, ...]]
    directions: Mapping[str, frozenset[str]]

    def only(self, classes: Iterable[str]) -> PhotoLabels:
        """Judge fewer classes.

        Args:
            classes: Of which some or all were judged.
        """
        kept = self.judged & frozenset(classes)
        return PhotoLabels(
            self.path,
            kept,
            self.present & kept,
            {name: boxes for name, boxes in self.boxes.items() if name in kept},
            {name: thirds for name, thirds in self.directions.items() if name in kept},
        )


@dataclass(frozen=True)
class LabelledSet:
    """Photos with labels.

    Attributes:
        name: Of its folder.
        photos: In the order of their names.
        classes: That are judged in some photo or other, in the order of the table.
        boxed: Whether its labels are boxes.
    """

    name: str
    photos: Sequence[PhotoLabels]
    classes: tuple[str, ...]
    boxed: bool


class Label(NamedTuple):
    """One label of a photo, before the table has said what it means."""

    image: str
    label: str
    box: LabelBox | None = None
    direction: str = ""
    certain: bool = True


def image_names(images: Path) -> list[str]:
    """List the photos of a folder.

    Args:
        images: The folder.

    Returns:
        Their names, in order.

    Raises:
        DatasetError: There is no such folder, or nothing in it.
    """
    try:
        names = sorted(path.name for path in images.iterdir() if path.is_file() and path.name[0] != ".")
    except OSError as error:
        raise DatasetError(f"{images}: {error.strerror}; the photos of labels lie there") from error
    if not names:
        raise DatasetError(f"{images}: no photos in it")
    return names


def read_csv_labels(path: Path) -> Iterator[Label]:
    """Read a file of boxes or of what is present, told apart by its columns.

    Args:
        path: Of the file.

    Yields:
        Its labels, in order. That of a photo which is said to show nothing is empty.

    Raises:
        DatasetError: It can't be read, lacks a column, or has a row that can't be.
    """
    try:
        for number, cells in read_rows(read_text(path), ["image", "class"]):
            where = f"{path}: line {number}"
            certain = cells.get("certain", "yes")
            if certain not in ("yes", "no"):
                raise DatasetError(f"{where}: certain is yes or no, not {certain!r}")
            if not cells["image"] or not (cells["class"] or "certain" in cells):
                raise DatasetError(f"{where}: no {'class' if cells['image'] else 'image'}")
            direction = cells.get("direction", "")
            if direction and direction not in DIRECTIONS:
                raise DatasetError(f"{where}: direction {direction!r} is none of {', '.join(DIRECTIONS)}")
            box = _box(where, cells)
            third = box.direction if box else direction
            yield Label(cells["image"], cells["class"], box, third, certain == "yes")
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error


def _box(where: str, cells: Mapping[str, str]) -> LabelBox | None:
    """The box of a row; None in a file without boxes. Raises DatasetError."""
    for columns in (CORNERS, _CENTRE):
        if cells.keys() >= set(columns):
            break
    else:
        return None
    try:
        first, second, third, fourth = (float(cells[column]) for column in columns)
    except ValueError as error:
        raise DatasetError(f"{where}: {', '.join(columns)} are not all numbers") from error
    if columns is _CENTRE:
        first, second, third, fourth = (
            first - third / 2,
            second - fourth / 2,
            first + third / 2,
            second + fourth / 2,
        )
    sides = (first, second, third, fourth)
    if not all(-_BEYOND <= side <= 1 + _BEYOND for side in sides):
        raise DatasetError(f"{where}: a box that is not within 0 and 1: shares of the picture are needed")
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in sides)
    if left >= right or top >= bottom:
        raise DatasetError(f"{where}: a box without width or height")
    return LabelBox(left, top, right, bottom)


def meaning(path: Path, label: str, table: LabelTable, classes: frozenset[str]) -> str | None:
    """Return the class that a label stands for.

    Args:
        path: Of the file of labels, for the message.
        label: The set's.
        table: What labels mean.
        classes: All names of classes.

    Returns:
        Its name; None for a label that counts for nothing.

    Raises:
        DatasetError: The table does not say what it means.
    """
    if label in table.names:
        return table.names[label]
    if label in classes:
        return label
    if label in table.perhaps:
        return None
    raise DatasetError(f"{path}: {label!r} is no class, and no table says what it means: see --table")


def judge(
    path: Path, labels: Sequence[Label], table: LabelTable, classes: frozenset[str], unjudged: frozenset[str]
) -> PhotoLabels:
    """Put together what the labels of one photo say.

    Args:
        path: Of the photo.
        labels: Of the photo.
        table: What they mean.
        classes: All names of classes.
        unjudged: Classes that nothing is to be said of.

    Raises:
        DatasetError: The table does not say what a label means.
    """
    boxes: dict[str, list[LabelBox]] = defaultdict(list)
    thirds: dict[str, set[str]] = defaultdict(set)
    present, perhaps = set[str](), set(unjudged)
    for each in labels:
        name = meaning(path, each.label, table, classes)
        perhaps.update(table.perhaps.get(each.label, ()))
        if name is None:
            continue
        (present if each.certain else perhaps).add(name)
        if each.box:
            boxes[name].append(each.box)
        if each.direction:
            thirds[name].add(each.direction)
    # What is certainly there is there, whatever else might be it too.
    judged = frozenset(table.complete) - (perhaps - present) - unjudged
    if table.own:
        judged &= present
    whole = PhotoLabels(
        path,
        judged,
        frozenset(present),
        {name: tuple(found) for name, found in boxes.items()},
        {name: frozenset(found) for name, found in thirds.items()},
    )
    return whole.only(judged)
