"""Which photos to learn from and which to be judged by: never the same one, nor nearly the same one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.datasets import CaptionedPhoto, DatasetError
from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.errors import TrainingError

# Cosine of CLIP embeddings. Tools that throw near-duplicates away ask for 0.95 to 0.99; here a pair too many
# only moves a photo to another side, and a pair too few lets a score be learnt by heart: the lowest of them.
NEAR = 0.95
SAME = 0.9999  # the same photo, saved once more
ROUNDING = 1e-6  # what float32 can take off the cosine of a photo with itself
_BLOCK = 128  # rows of cosines at a time: 63 MB for the 123,000 photos of COCO


class SplitError(TrainingError):
    """Photos that can't be divided as asked for."""


class LeakError(TrainingError):
    """A photo to be judged by is among those that are learnt from."""


@dataclass(frozen=True)
class Leak:
    """A photo of a split to be judged by, and what it is called among the photos that are trained on."""

    held_out: str
    split: str
    trained: str

    def __str__(self) -> str:
        also = "too" if self.trained == self.held_out else f"as {self.trained}"
        return f"{self.held_out} of {self.split} {also}"


def divide(
    embedded: EmbeddedPhotos, shares: Mapping[str, float], near: float, seed: int
) -> tuple[list[str], np.ndarray]:
    """A split by photo, with near-duplicates on one side: the split of each photo, and its group.

    shares: of the photos, for each split but "train", which gets the rest. They are rounded, then filled as
    far as whole groups allow. Groups are int64 (photos,): one number each. The order of the photos changes
    nothing but the order of what is returned, and a photo more or less leaves most others where they are.
    Raises SplitError where a split would be empty.
    """
    order = sorted(range(len(embedded)), key=lambda row: (embedded.names[row], embedded.splits[row]))
    group = np.empty(len(order), np.int64)
    group[order] = near_groups(embedded.embeddings[order], near)
    first_names = [embedded.names[order[number]] for number in group]  # a group's number is its first place
    sizes = Counter(first_names)
    rooms = {split: max(1, round(share * len(order))) for split, share in shares.items() if share}
    of_group = {}
    for name in sorted(sizes, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest()):
        split = next((split for split, room in rooms.items() if sizes[name] <= room), "train")
        if split in rooms:
            rooms[split] -= sizes[name]
        of_group[name] = split
    for split in (*rooms, "train"):
        if split not in of_group.values():
            raise SplitError(
                f"no photo for {split}: {len(order)} photos are {len(sizes)} groups of near-duplicates, the"
                f" largest of {max(sizes.values(), default=0)}; raise --near, or its share"
            )
    return [of_group[name] for name in first_names], group


def near_groups(embeddings: np.ndarray, near: float) -> np.ndarray:
    """Groups of photos that a chain of pairs with a cosine of near or more connects.

    embeddings: float32 (photos, width), of any length. Returns int64 (photos,): of each the lowest row in its
    group. Takes memory for _BLOCK rows of cosines, and time with the square of the photos.
    """
    unit = _unit(embeddings)
    group = np.arange(len(unit))
    for first in range(0, len(unit), _BLOCK):
        close = unit[first : first + _BLOCK] @ unit[first:].T >= near - ROUNDING
        for row in np.flatnonzero(close.sum(1) > 1):  # each photo is close to itself
            members = group[first:][close[row]]
            if members.min() < members.max():
                group[np.isin(group, members)] = members.min()
    return group


def leaks_by_embedding(embedded: EmbeddedPhotos, trained: Collection[str]) -> list[Leak]:
    """Photos of other splits than the trained ones that are among these: by name, or by their embedding.

    Photos without a split are in no one's way.
    """
    learnt = [row for row, split in enumerate(embedded.splits) if split in trained]
    judged = [row for row, split in enumerate(embedded.splits) if split and split not in trained]
    names = {embedded.names[row] for row in learnt}
    found = {row: embedded.names[row] for row in judged if embedded.names[row] in names}
    learnt_unit = _unit(embedded.embeddings[learnt])
    for first in range(0, len(judged) if learnt else 0, _BLOCK):
        rows = judged[first : first + _BLOCK]
        cosines = _unit(embedded.embeddings[rows]) @ learnt_unit.T
        for row, nearest, cosine in zip(rows, cosines.argmax(1), cosines.max(1), strict=True):
            if cosine >= SAME:
                found.setdefault(row, embedded.names[learnt[nearest]])
    return [Leak(embedded.names[row], embedded.splits[row], name) for row, name in sorted(found.items())]


def leaks_by_file(photos: Sequence[CaptionedPhoto], trained: Collection[str]) -> list[Leak]:
    """As leaks_by_embedding, for photos without embeddings: by path, or by the bytes of the file.

    Raises DatasetError for files that can't be read.
    """
    learnt = {photo.path: _size(photo.path) for photo in photos if photo.split in trained}
    judged = [photo for photo in photos if photo.split and photo.split not in trained]
    sizes = {_size(photo.path) for photo in judged}  # only files of one size can have the same bytes
    known = {_sha256(path): path for path, size in learnt.items() if size in sizes}
    sizes = set(learnt.values())
    found = []
    for photo in judged:
        same = photo.path if photo.path in learnt else None
        if same is None and _size(photo.path) in sizes:
            same = known.get(_sha256(photo.path))
        if same is not None:
            found.append(Leak(photo.path.name, photo.split, same.name))
    return found


def refuse_leaks(leaks: Sequence[Leak]) -> None:
    """Raises LeakError naming the first few, if there are any."""
    if leaks:
        raise LeakError(
            f"{len(leaks)} photos to be judged by are trained on: {', '.join(map(str, leaks[:3]))}"
            f"{', and others' if leaks[3:] else ''}; make a split without leaks: earsight-train split"
        )


def _unit(embeddings: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit: np.ndarray = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
