"""All photos that a detector's recipe names, with labels, divided into those to learn from and others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from earsight_files.csv_table import CsvError, read_rows
from earsight_training.data.datasets import DatasetError, read_text
from earsight_training.data.label_maps import read_map
from earsight_training.data.map_boxes import boxes_of, judged
from earsight_training.data.object_labels import Boxes, LabelledPhoto, presence_of, read_boxes
from earsight_training.data.place_labels import RULES as PLACE_RULES
from earsight_training.data.place_labels import PlaceLabels, read_places
from earsight_training.data.presence_labels import confirmed, read_presence
from earsight_training.data.teacher_boxes import TeacherTrust, joined, read_teacher_boxes
from earsight_training.detector_recipe import COCO, EVERY_COCO, DetectorRecipe, LabelledSet


@dataclass(frozen=True)
class DetectionPhotos:
    """The photos of a recipe.

    Attributes:
        train: To learn from; a photo that is shown several times in an epoch is there as often.
        held_out: Of the same sets, not to learn from.
    """

    train: list[LabelledPhoto]
    held_out: list[LabelledPhoto]


def read_detection_photos(
    recipe: DetectorRecipe, beside: Path, data: Path, detections: Path | None
) -> DetectionPhotos:
    """Read all sets.

    Args:
        recipe: Which, and what they know.
        beside: The recipe's folder.
        data: The folder with the sets' folders.
        detections: What teachers have found: see read_teacher_boxes().

    Raises:
        DatasetError: A set can't be read, or has no photo; or there is none to learn from.
    """
    train: list[LabelledPhoto] = []
    held_out: list[LabelledPhoto] = []
    for labelled in recipe.sets:
        present = read_presence(beside / labelled.present) if labelled.present else {}
        for photo in _read_set(recipe, labelled, beside, data / labelled.folder, detections):
            if photo.image.name in present:
                photo = confirmed(photo, present[photo.image.name], recipe.classes)
            if _is_held_out(photo.group, labelled.held_out):
                held_out.append(photo)
            else:
                finds = any(fnmatch(photo.image.name, pattern) for pattern in labelled.detector_files)
                train += [replace(photo, for_detector=finds)] * labelled.repeat
    if not train:
        raise DatasetError(f"recipe {recipe.name}: all photos are held out")
    return DetectionPhotos(train, held_out)


def _is_held_out(group: str, share: float) -> bool:
    """By the group's hash: the same in every run, whatever photos are added."""
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big")
    return number < share * 2**32


def _read_set(
    recipe: DetectorRecipe, labelled: LabelledSet, beside: Path, folder: Path, detections: Path | None
) -> list[LabelledPhoto]:
    if labelled.teachers and detections is None:
        raise DatasetError(f"{labelled.folder}: its boxes are those of teachers: give --detections")
    found = read_teacher_boxes(detections, labelled.folder) if labelled.teachers and detections else {}
    trust = TeacherTrust(recipe.trust.bias, recipe.trust.weights)
    drawn = read_boxes(folder / labelled.boxes, labelled.names, recipe.classes) if labelled.boxes else {}
    groups = _column(folder / labelled.groups, "group") if labelled.groups else {}
    known = _known(recipe, labelled)
    photos = []
    place_of = _place_reader(labelled, beside)
    for image in _images(labelled, folder):
        boxes = _together(joined(found.get(image.name, []), recipe.classes, trust), drawn.get(image.name))
        if labelled.maps is not None:
            boxes = _by_map(boxes, image, labelled, recipe)
        group = groups.get(image.name) or f"{labelled.folder}/{image.name}"
        place = place_of(image)
        photos.append(LabelledPhoto(image, boxes, known, presence_of(boxes, known), group, place))
    return photos


def _images(labelled: LabelledSet, folder: Path) -> list[Path]:
    images = sorted(
        path
        for path in (folder / "images").glob("*")
        if any(fnmatch(path.name, pattern) for pattern in labelled.files)
    )
    if labelled.splits is not None:
        splits = _column(folder / "captions.csv", "split")
        images = [path for path in images if splits.get(path.name) in labelled.splits]
    if not images:
        raise DatasetError(f"{folder / 'images'}: there is no photo {' or '.join(labelled.files)}")
    return images


def _column(path: Path, name: str) -> dict[str, str]:
    """A column of a table, by the image's name."""
    try:
        return {row["image"]: row[name] for _, row in read_rows(read_text(path), ("image", name))}
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error


def _known(recipe: DetectorRecipe, labelled: LabelledSet) -> np.ndarray:
    names = {*labelled.known, *(COCO if EVERY_COCO in labelled.known else ())}
    return np.array([name in names for name in recipe.classes])


def _together(boxes: Boxes, drawn: Boxes | None) -> Boxes:
    """The teachers' boxes and those that people drew; of a class that people drew, theirs alone."""
    if drawn is None:
        return boxes
    others = boxes.selected(~np.isin(boxes.classes, drawn.classes))
    return Boxes(
        np.concatenate([drawn.corners, others.corners]),
        np.concatenate([drawn.classes, others.classes]),
        np.concatenate([drawn.targets, others.targets]),
    )


def _map_of(image: Path) -> np.ndarray:
    return read_map(image.parent.parent / "maps" / f"{image.stem}.png")


def _place_reader(labelled: LabelledSet, beside: Path) -> Callable[[Path], PlaceLabels | None]:
    """From a photo to its place, by the rule or the table that the set names."""
    if labelled.places is None:
        return lambda _: None
    if labelled.places in PLACE_RULES:
        rule = PLACE_RULES[labelled.places]
        return lambda image: rule(_map_of(image))
    places = read_places(beside / labelled.places)
    return lambda image: places.get(image.name)


def _by_map(boxes: Boxes, image: Path, labelled: LabelledSet, recipe: DetectorRecipe) -> Boxes:
    numbers = _map_of(image)
    meaning = {number: name for name, meant in (labelled.maps or {}).items() for number in meant}
    if labelled.teachers:
        return judged(boxes, numbers, meaning, recipe.classes)
    return boxes_of(numbers, meaning, recipe.classes)
