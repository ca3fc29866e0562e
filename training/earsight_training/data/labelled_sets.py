"""Reads a labelled set, of any of the kinds that labels.py describes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from earsight_training.data.datasets import DatasetError, read_photos
from earsight_training.data.label_maps import map_labels
from earsight_training.data.label_table import LabelTable
from earsight_training.data.labels import (
    Label,
    LabelledSet,
    PhotoLabels,
    image_names,
    judge,
    read_csv_labels,
)

BOXES, PRESENT, MAPS, CAPTIONS = "boxes.csv", "present.csv", "maps", "captions.csv"
UNCERTAIN = "uncertain.csv"
_ENOUGH = 0.5
"""Share of a photo's captions that name what is certainly there. What fewer name is not judged."""

NamedClasses = Callable[[str], Iterable[str]]
"""The classes that a caption names."""


def read_labelled_set(
    source: Path, images: Path | None, table: LabelTable, classes: frozenset[str], named: NamedClasses
) -> LabelledSet:
    """Read a labelled set.

    Args:
        source: Its folder, or the file or folder of labels in it.
        images: The folder of its photos; None: images/ beside the labels.
        table: What its labels mean.
        classes: All names of classes that there are.
        named: Finds classes in captions.

    Raises:
        DatasetError: It can't be read, or the table names a class that there is not.
    """
    _check(table, classes)
    labels = _labels_of(source)
    folder = images or labels.parent / "images"
    names = image_names(folder)
    unjudged = _uncertain(labels.parent / UNCERTAIN, table, classes)
    if labels.name == MAPS:
        photos = [_of_map(labels, folder / name, table, classes) for name in names]
    elif labels.name == CAPTIONS:
        photos = _of_captions(labels, folder, table, named)
    else:
        photos = _of_csv(labels, folder, names, table, classes, unjudged)
    judged = frozenset().union(*(photo.judged for photo in photos))
    order = tuple(name for name in table.complete if name in judged)
    name = (images or labels).absolute().parent.name
    return LabelledSet(name, photos, order, any(photo.boxes for photo in photos))


def _check(table: LabelTable, classes: frozenset[str]) -> None:
    meant = {name for name in table.names.values() if name is not None}
    for name in (*table.complete, *meant, *(each for some in table.perhaps.values() for each in some)):
        if name not in classes:
            raise DatasetError(f"{name!r} is no class; there are: {', '.join(sorted(classes))}")


def _labels_of(source: Path) -> Path:
    if source.name == MAPS or not source.is_dir():
        return source
    for name in (BOXES, PRESENT, MAPS, CAPTIONS):
        if (source / name).exists():
            return source / name
    raise DatasetError(f"{source}: no labels in it: {BOXES}, {PRESENT}, {MAPS}/ or {CAPTIONS}")


def _uncertain(path: Path, table: LabelTable, classes: frozenset[str]) -> dict[str, set[str]]:
    """By the photo's name, classes that are judged neither right nor wrong."""
    found: dict[str, set[str]] = defaultdict(set)
    if path.exists():
        for each in read_csv_labels(path):
            name = table.names.get(each.label, each.label)
            if name not in classes:
                raise DatasetError(f"{path}: {each.label!r} is no class")
            found[each.image].add(name)
    return found


def _of_csv(
    path: Path,
    folder: Path,
    names: list[str],
    table: LabelTable,
    classes: frozenset[str],
    unjudged: dict[str, set[str]],
) -> list[PhotoLabels]:
    by_photo: dict[str, list[Label]] = {name: [] for name in names}
    for each in read_csv_labels(path):
        if each.image not in by_photo:
            raise DatasetError(f"{path}: {each.image} is not in {folder}")
        by_photo[each.image] += [each] if each.label else []
    return [
        judge(folder / name, rows, table, classes, frozenset(unjudged.get(name, ())))
        for name, rows in by_photo.items()
    ]


def _of_map(maps: Path, photo: Path, table: LabelTable, classes: frozenset[str]) -> PhotoLabels:
    labels, small = map_labels(maps / f"{photo.stem}.png", photo.name, table, classes)
    return judge(photo, labels, table, classes, small)


def _of_captions(path: Path, folder: Path, table: LabelTable, named: NamedClasses) -> list[PhotoLabels]:
    photos = []
    for photo in read_photos(path, folder):
        count = Counter(name for caption in photo.captions for name in set(named(caption)))
        present = {name for name, times in count.items() if times >= _ENOUGH * len(photo.captions)}
        labels = [Label(photo.path.name, name) for name in present]
        classes = frozenset(count) | frozenset(table.complete)
        photos.append(judge(photo.path, labels, table, classes, frozenset(count) - present))
    return photos
