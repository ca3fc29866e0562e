"""Which photos are the same, whatever their files are called: by this a model knows what it was trained on.

A fingerprint is a photo in grey, averaged down to SIDE x SIDE pixels. It hardly changes when a photo is saved
anew, in another format, quality or size, or squashed. Measured on the 7,091 photos of Flickr8k: saved anew as
JPEG of quality 30, or at half its size, a photo is at most 0.8 from its own fingerprint; two different photos
are at least 4.2 apart (one photo is in it twice), and no validation photo is nearer than 5.7 to a training
photo. A photo that was mirrored, turned, cropped or made darker is another one by it.
"""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

SIDE = 4
LENGTH = SIDE * SIDE
"""Numbers of a fingerprint."""
SAME = 2.0
"""Root mean square of the differences, in levels of 0 to 255, up to which two photos are the same."""
_OF_CONTRAST = 0.1
"""The same, as a share of a photo's own contrast: pictures that are all dark are not all the same."""
_BLOCK = 256  # rows of distances at a time


def fingerprint(rgb: np.ndarray) -> np.ndarray:
    """uint8 (LENGTH,) of a photo, uint8 (height, width, 3), as read_photo() reads it."""
    small = Image.fromarray(rgb).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small).reshape(LENGTH)


def same_photos(photos: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which photos are which: bool (photos, others), of fingerprints, uint8 (any, LENGTH) each."""
    distances = _squared_distances(photos, others)
    limits = np.minimum(SAME, _OF_CONTRAST * photos.astype(np.float32).std(1))
    same: np.ndarray = distances <= LENGTH * limits[:, None] ** 2
    return same


def find_same(photos: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the others each photo is.

    Args:
        photos: Fingerprints, uint8 (photos, LENGTH).
        others: Fingerprints, uint8 (others, LENGTH).

    Returns:
        int64 (photos,): the index of one of the others that is the same photo; -1 where none is.
    """
    found = np.full(len(photos), -1, np.int64)
    for first in range(0, len(photos) if len(others) else 0, _BLOCK):
        same = same_photos(photos[first : first + _BLOCK], others)
        found[first : first + _BLOCK] = np.where(same.any(1), same.argmax(1), -1)
    return found


def _squared_distances(photos: np.ndarray, others: np.ndarray) -> np.ndarray:
    """float32 (photos, others). Whole numbers under 2^24, so they are exact: equal photos are at 0."""
    rows, columns = photos.astype(np.float32), others.astype(np.float32)
    distances: np.ndarray = (rows**2).sum(1)[:, None] + (columns**2).sum(1) - 2 * rows @ columns.T
    return distances


def digest(numbers: np.ndarray) -> str:
    """SHA-256 of an array, to tell whether photos, or their embeddings, are still those of before."""
    return hashlib.sha256(np.ascontiguousarray(numbers).data).hexdigest()
