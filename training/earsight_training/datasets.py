"""Captioned photos: a CSV with ``image,caption,split`` beside a folder of images."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from earsight_training.errors import TrainingError


class DatasetError(TrainingError):
    """A data set that can't be read; the message says which file and why."""


@dataclass(frozen=True)
class CaptionedPhoto:
    """One photo with its reference captions."""

    path: Path
    captions: tuple[str, ...]


def read_captions(csv_path: Path, images: Path, splits: Iterable[str]) -> list[CaptionedPhoto]:
    """Photos of the named splits, in the order of their file names.

    Raises DatasetError for a missing file, missing columns or cells, or an empty selection.
    """
    wanted = set(splits)
    captions: dict[str, list[str]] = {}
    try:
        with csv_path.open(newline="", encoding="utf-8") as rows:
            reader = csv.DictReader(rows)
            missing = {"image", "caption", "split"} - set(reader.fieldnames or ())
            if missing:
                raise DatasetError(f"{csv_path}: no column {', '.join(sorted(missing))}")
            for row in reader:
                if row["split"] in wanted:
                    if not row["image"] or not row["caption"]:
                        raise DatasetError(f"{csv_path}: line {reader.line_num}: no image or no caption")
                    captions.setdefault(row["image"], []).append(row["caption"].strip())
    except OSError as error:
        raise DatasetError(f"{csv_path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{csv_path}: not a CSV file in UTF-8: {error}") from error
    if not captions:
        raise DatasetError(f"{csv_path}: no rows with split {' or '.join(sorted(wanted))}")
    return [CaptionedPhoto(images / name, tuple(captions[name])) for name in sorted(captions)]


def load_images(photos: Sequence[CaptionedPhoto], side: int) -> np.ndarray:
    """All photos upright and squashed to squares. Returns uint8 (photos, side, side, 3), RGB."""
    pixels = np.empty((len(photos), side, side, 3), np.uint8)
    for index, photo in enumerate(photos):
        try:
            with Image.open(photo.path) as image:
                rgb = ImageOps.exif_transpose(image).convert("RGB")
        except OSError as error:
            raise DatasetError(f"{photo.path}: {error}") from error
        if rgb.size != (side, side):
            rgb = rgb.resize((side, side), Image.Resampling.BILINEAR)
        pixels[index] = np.asarray(rgb)
    return pixels
