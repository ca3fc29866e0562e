"""Detections of other networks, from a table: what a plain list of their classes would say.

CSV, or gzipped CSV (``.csv.gz``), with the columns ``set``, ``image``, ``teacher``, ``class``, ``score``,
``left``, ``top``, ``right`` and ``bottom``; the score is 0..1, the corners are shares of the picture.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from earsight_files.csv_table import CsvError, read_rows
from earsight_training.data.datasets import DatasetError, read_text
from earsight_training.data.labels import LabelBox
from earsight_training.scoring.answers import Detection

_COLUMNS = ("set", "image", "teacher", "class", "score", "left", "top", "right", "bottom")
_NUMBERS = _COLUMNS[4:]
_MOST_BYTES = 2**28
"""Of a table, unpacked."""


def read_detections(path: Path, of_set: str, teacher: str) -> Mapping[str, Sequence[Detection]]:
    """Read what one network found in the photos of one set.

    Args:
        path: Of the table.
        of_set: Name of the set.
        teacher: Name of the network.

    Returns:
        By the photo's name. A photo in which it found nothing has no entry.

    Raises:
        DatasetError: The file can't be read, a row can't be, or there is no row of them.
    """
    found: dict[str, list[Detection]] = defaultdict(list)
    there: set[tuple[str, str]] = set()
    try:
        for number, cells in read_rows(_unpacked(path), _COLUMNS):
            there.add((cells["set"], cells["teacher"]))
            if (cells["set"], cells["teacher"]) == (of_set, teacher):
                found[cells["image"]].append(_detection(f"{path}: line {number}", cells))
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error
    if not found:
        known = ", ".join(sorted(f"{name} by {network}" for name, network in there)) or "nothing"
        raise DatasetError(f"{path}: nothing of {of_set} by {teacher}; there is: {known}")
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


def _detection(where: str, cells: Mapping[str, str]) -> Detection:
    try:
        score, left, top, right, bottom = (float(cells[column]) for column in _NUMBERS)
    except ValueError as error:
        raise DatasetError(f"{where}: {', '.join(_NUMBERS)} are not all numbers") from error
    if not all(0 <= number <= 1 for number in (score, left, top, right, bottom)):
        raise DatasetError(f"{where}: {', '.join(_NUMBERS)} are not all within 0 and 1")
    return Detection(cells["class"], score, LabelBox(left, top, right, bottom))
