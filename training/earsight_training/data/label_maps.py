"""Segmentation maps as labels: what covers enough of a picture is there."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from earsight_training.data.datasets import DatasetError
from earsight_training.data.label_table import LabelTable
from earsight_training.data.labels import Label


def read_map(path: Path) -> np.ndarray:
    """Read a map.

    Args:
        path: A PNG with one value a pixel: grey values, or indices of a palette.

    Returns:
        uint8 (height, width).

    Raises:
        DatasetError: It can't be read, or has several values a pixel.
    """
    try:
        with Image.open(path) as image:
            if image.mode not in ("L", "P"):
                raise DatasetError(f"{path}: {image.mode} is no map: it has one value of 8 bits a pixel")
            return np.asarray(image)
    except UnidentifiedImageError as error:
        raise DatasetError(f"{path}: not an image") from error
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror or error}") from error


def map_labels(
    path: Path, image: str, table: LabelTable, classes: frozenset[str]
) -> tuple[list[Label], frozenset[str]]:
    """Find what a map shows.

    Args:
        path: Of the map.
        image: The photo's name.
        table: What the values mean. Labels that it gives no class count for nothing.
        classes: All names of classes.

    Returns:
        One label for each that covers enough of the picture, and the classes that are there but too small
        to be judged.

    Raises:
        DatasetError: The map can't be read.
    """
    values, counts = np.unique(read_map(path), return_counts=True)
    covered: dict[str, float] = {}
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        label = table.of_value(value)
        if label is not None:
            covered[label] = count / counts.sum()
    names = {label: table.names.get(label, label if label in classes else None) for label in covered}
    shares: dict[str, float] = defaultdict(float)
    for label, name in names.items():
        if name is not None:
            shares[name] += covered[label]
    small = frozenset(name for name, share in shares.items() if share < table.least)
    kept = [label for label, name in names.items() if name not in small and (name or label in table.perhaps)]
    return [Label(image, label) for label in kept], small
