"""No photo may be judged by that was trained on: what finds and refuses such photos."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.data.fingerprints import find_same
from earsight_training.data.splits import unit_rows
from earsight_training.errors import TrainingError

SAME = 0.9999
"""Cosine of the embeddings of a photo and of the same one saved once more."""
_BLOCK = 128  # rows of cosines at a time
_NAMED = 3


class LeakError(TrainingError):
    """A photo to be judged by is among those that are trained on."""


@dataclass(frozen=True)
class Leak:
    """A photo that a model would be judged by although it is trained on.

    Attributes:
        held_out: Its name.
        split: Its split.
        trained: What it is called among the photos that are trained on.
    """

    held_out: str
    split: str
    trained: str

    def __str__(self) -> str:
        also = "too" if self.trained == self.held_out else f"as {self.trained}"
        return f"{self.held_out} of {self.split} {also}"


def leaks_by_embedding(embedded: EmbeddedPhotos, trained: Collection[str]) -> list[Leak]:
    """Find photos to be judged by that are trained on: by name, by fingerprint, and by embedding.

    Args:
        embedded: All photos. Those without a split are neither trained on nor judged by.
        trained: Names of the splits that are trained on; the others are judged by.
    """
    learnt = [row for row, split in enumerate(embedded.splits) if split in trained]
    judged = [row for row, split in enumerate(embedded.splits) if split and split not in trained]
    names = {embedded.names[row] for row in learnt}
    found = {row: embedded.names[row] for row in judged if embedded.names[row] in names}
    same = find_same(embedded.fingerprints[judged], embedded.fingerprints[learnt])
    for row, index in zip(judged, same.tolist(), strict=True):
        if index >= 0:
            found.setdefault(row, embedded.names[learnt[index]])
    learnt_unit = unit_rows(embedded.embeddings[learnt])
    for first in range(0, len(judged) if learnt else 0, _BLOCK):
        rows = judged[first : first + _BLOCK]
        cosines = unit_rows(embedded.embeddings[rows]) @ learnt_unit.T
        for row, nearest, cosine in zip(rows, cosines.argmax(1), cosines.max(1), strict=True):
            if cosine >= SAME:
                found.setdefault(row, embedded.names[learnt[nearest]])
    return [Leak(embedded.names[row], embedded.splits[row], name) for row, name in sorted(found.items())]


def leaks_by_fingerprint(
    photos: Sequence[CaptionedPhoto], fingerprints: np.ndarray, trained: Collection[str]
) -> list[Leak]:
    """As leaks_by_embedding(), for photos without embeddings. fingerprints: uint8, one a photo."""
    learnt = [row for row, photo in enumerate(photos) if photo.split in trained]
    judged = [row for row, photo in enumerate(photos) if photo.split and photo.split not in trained]
    paths = {photos[row].path: photos[row] for row in learnt}
    same = find_same(fingerprints[judged], fingerprints[learnt]).tolist()
    leaks = []
    for row, index in zip(judged, same, strict=True):
        photo = photos[row]
        other = paths.get(photo.path) or (photos[learnt[index]] if index >= 0 else None)
        if other is not None:
            leaks.append(Leak(photo.path.name, photo.split, other.path.name))
    return leaks


def refuse_leaks(leaks: Sequence[Leak]) -> None:
    """Refuse to go on where there are leaks.

    Args:
        leaks: Found before.

    Raises:
        LeakError: There are some; the message names the first few.
    """
    if leaks:
        raise LeakError(
            f"{len(leaks)} photos to be judged by are trained on: {', '.join(map(str, leaks[:_NAMED]))}"
            f"{', and others' if leaks[_NAMED:] else ''}; make a split without leaks: earsight-train split"
        )


def refuse_trained_on(
    photos: Sequence[CaptionedPhoto], fingerprints: np.ndarray, trained: np.ndarray, model: str
) -> None:
    """Refuse photos to judge a model by that it was trained on.

    Args:
        photos: To judge it by.
        fingerprints: Of these, uint8 (photos, fingerprints.LENGTH).
        trained: Fingerprints of the photos that it was trained on, uint8 (any, fingerprints.LENGTH).
        model: What the model is called in the message.

    Raises:
        LeakError: some of the photos are among these.
    """
    same = np.flatnonzero(find_same(fingerprints, trained) >= 0)
    if len(same):
        names = ", ".join(photos[index].path.name for index in same[:_NAMED])
        raise LeakError(
            f"{model} was trained on {len(same)} of the {len(photos)} photos to judge it by: {names}"
            f"{', ...' if len(same) > _NAMED else ''}; judge it by a split of other photos"
        )
