"""Detections of other networks, from a table: what a plain list of their classes would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from earsight_training.data.teacher_boxes import read_teacher_boxes
from earsight_training.scoring.answers import Detection


def read_detections(path: Path, of_set: str, teacher: str) -> Mapping[str, Sequence[Detection]]:
    """Read what one network found in the photos of one set.

    Args:
        path: Of the table: see teacher_boxes.py.
        of_set: Name of the set.
        teacher: Name of the network.

    Returns:
        By the photo's name. A photo in which it found nothing has no entry.

    Raises:
        DatasetError: The file can't be read, a row can't be, or there is no row of them.
    """
    return {
        image: [Detection(each.name, each.score, each.box) for each in boxes]
        for image, boxes in read_teacher_boxes(path, of_set, teacher).items()
    }
