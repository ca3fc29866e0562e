"""Which photos of a data set can be used: asked in the same way by every step, before its work begins.

A photo counts as missing when a device would refuse it: its file is not there, damaged, of another kind, too
large or too small. Missing photos are listed and left out. Up to a share of all photos of the data may be
missing.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from os import sched_getaffinity

import numpy as np
from tqdm import tqdm

from earsight_files.photos import PhotoFileError, read_photo
from earsight_training.data.datasets import CaptionedPhoto, DatasetError
from earsight_training.data.fingerprints import LENGTH, fingerprint

MISSING = 0.01
"""Share of the photos that may be missing, unless said otherwise."""
_AHEAD = 64
_LISTED = 20
"""Missing photos that are listed where too many are missing: a wrong folder lacks all of them."""


@dataclass(frozen=True)
class InspectedPhotos:
    """Photos that can be used.

    Attributes:
        photos: In the order that they were given in, without those that are missing.
        fingerprints: Of each, uint8 (photos, fingerprints.LENGTH).
        failures: What is wrong with each file that is missing.
    """

    photos: list[CaptionedPhoto]
    fingerprints: np.ndarray
    failures: list[DatasetError]

    def in_splits(self, splits: Collection[str]) -> InspectedPhotos:
        """Select the photos of some splits.

        Args:
            splits: Names.

        Raises:
            DatasetError: There is no such photo.
        """
        rows = [row for row, photo in enumerate(self.photos) if photo.split in splits]
        if not rows:
            raise DatasetError(f"not one photo of {' or '.join(splits)} can be used")
        return replace(self, photos=[self.photos[row] for row in rows], fingerprints=self.fingerprints[rows])


def inspect_photos(photos: Sequence[CaptionedPhoto]) -> InspectedPhotos:
    """Read every photo, as a device would."""
    usable, fingerprints, failures = [], [np.empty((0, LENGTH), np.uint8)], []
    for photo, found in zip(photos, _read(photos), strict=True):
        if isinstance(found, DatasetError):
            failures.append(found)
        else:
            usable.append(photo)
            fingerprints.append(found[None])
    return InspectedPhotos(usable, np.concatenate(fingerprints), failures)


def leave_out_missing(photos: Sequence[CaptionedPhoto], total: int, share: float) -> InspectedPhotos:
    """Inspect photos, and list the missing ones on standard error.

    Args:
        photos: What a step is about to use.
        total: Photos of the data, used by the step or not.
        share: Of these that may be missing, 0 to 1.

    Raises:
        DatasetError: more are missing, or all.
    """
    inspected = inspect_photos(photos)
    list_missing(inspected.failures, total, share)
    if not inspected.photos:
        raise DatasetError(f"not one photo can be used: {inspected.failures[0]}")
    return inspected


def refuse_absent(photos: Sequence[CaptionedPhoto], share: float) -> None:
    """Refuse a data set of which too many files are not there at all, which takes no reading.

    Args:
        photos: Of the data set.
        share: Of these that may be missing, 0 to 1.

    Raises:
        DatasetError: More are missing.
    """
    absent = [DatasetError(f"{photo.path} is not there.") for photo in photos if not photo.path.is_file()]
    if len(absent) > share * len(photos):
        list_missing(absent, len(photos), share)


def list_missing(failures: Sequence[DatasetError], total: int, share: float) -> None:
    """List what is wrong with photos on standard error.

    Args:
        failures: One a photo.
        total: Photos of the data.
        share: Of these that may be missing, 0 to 1.

    Raises:
        DatasetError: more are missing; the first few are listed.
    """
    too_many = len(failures) > share * total
    for failure in failures[:_LISTED] if too_many else failures:
        print(failure, file=sys.stderr)
    if too_many:
        raise DatasetError(
            f"{len(failures)} of {total} photos can't be used, which is more than --missing {share:g}; repair"
            " them, or give another --missing"
        )


def _read(photos: Sequence[CaptionedPhoto]) -> Iterator[np.ndarray | DatasetError]:
    """The fingerprint of each photo, or what is wrong with it; read by threads, a few photos ahead."""

    def read(photo: CaptionedPhoto) -> np.ndarray | DatasetError:
        try:
            return fingerprint(read_photo(photo.path))
        except PhotoFileError as error:
            return DatasetError(f"{photo.path} {error.reason}")

    waiting = iter(photos)
    pool = ThreadPoolExecutor(len(sched_getaffinity(0)))
    reading: deque[Future[np.ndarray | DatasetError]] = deque(
        pool.submit(read, photo) for photo in islice(waiting, _AHEAD)
    )
    try:
        with tqdm(desc="reading", total=len(photos), unit="photo", leave=False, disable=None) as progress:
            while reading:
                yield reading.popleft().result()
                progress.update()
                reading.extend(pool.submit(read, photo) for photo in islice(waiting, 1))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
