"""Dividing photos into those to learn from and those to be judged by, near-duplicates on one side."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

import numpy as np

from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.data.fingerprints import same_photos
from earsight_training.errors import TrainingError

ROUNDING = 1e-6  # what float32 can take off the cosine of a photo with itself
_BLOCK = 128  # rows of cosines at a time: 63 MB for the 123,000 photos of COCO


class SplitError(TrainingError):
    """The photos can't be divided as asked for."""


def divide(
    embedded: EmbeddedPhotos, shares: Mapping[str, float], near: float, seed: int
) -> tuple[list[str], np.ndarray]:
    """Split photos, with near-duplicates on one side.

    Shares are rounded, then filled as far as whole groups allow. The order of the photos changes nothing but
    the order of what is returned, and a photo more or less leaves most others where they are.

    Args:
        embedded: The photos.
        shares: Of the photos, 0 to 1, for each split but "train", which gets the rest.
        near: Cosine from which photos are near-duplicates.
        seed: Another one makes another split.

    Returns:
        The split of each photo, and its group, int64 (photos,).

    Raises:
        SplitError: A split would be empty.
    """
    order = sorted(range(len(embedded)), key=lambda row: (embedded.names[row], embedded.splits[row]))
    group = np.empty(len(order), np.int64)
    group[order] = near_groups(embedded.embeddings[order], near, embedded.fingerprints[order])
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


def near_groups(embeddings: np.ndarray, near: float, fingerprints: np.ndarray | None = None) -> np.ndarray:
    """Group photos that a chain of near-duplicates connects.

    It takes memory for _BLOCK rows of cosines, and time with the square of the photos.

    Args:
        embeddings: Float32 (photos, width), of any length.
        near: Cosine from which photos are near-duplicates.
        fingerprints: uint8 (photos, fingerprints.LENGTH), by which the same photos are found too.

    Returns:
        int64 (photos,): for each photo the lowest row in its group.
    """
    unit = unit_rows(embeddings)
    group = np.arange(len(unit))
    for first in range(0, len(unit), _BLOCK):
        close = unit[first : first + _BLOCK] @ unit[first:].T >= near - ROUNDING
        if fingerprints is not None:
            close |= same_photos(fingerprints[first : first + _BLOCK], fingerprints[first:])
        for row in np.flatnonzero(close.sum(1) > 1):  # each photo is close to itself
            members = group[first:][close[row]]
            if members.min() < members.max():
                group[np.isin(group, members)] = members.min()
    return group


def unit_rows(embeddings: np.ndarray) -> np.ndarray:
    """Scale each row to length 1."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit: np.ndarray = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit
