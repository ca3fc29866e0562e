"""What place a photo shows, and what the ground ahead is: by rules from maps, or as someone named it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earsight_files.csv_table import CsvError, read_rows
from earsight_training.data.datasets import DatasetError, read_text

PARENTS: Mapping[str, tuple[str, ...]] = {
    "outdoors": (),
    "indoors": (),
    "room": ("indoors",),
    **dict.fromkeys(
        ("street", "pavement", "path", "park", "field", "forest", "beach", "water", "mountain"), ("outdoors",)
    ),
    **dict.fromkeys(
        ("kitchen", "bathroom", "bedroom", "living room", "dining room", "office"), ("room", "indoors")
    ),
    **dict.fromkeys(("corridor", "stairwell", "shop"), ("indoors",)),
}
"""The places, and what each of them is as well."""
PLACES = tuple(PARENTS)
GROUNDS = ("pavement", "road", "path", "grass", "sand", "dirt", "water", "floor", "carpet", "stairs")

_ADE20K_GROUNDS = {
    "pavement": (12,),
    "road": (7,),
    "path": (53,),
    "grass": (10, 30),
    "sand": (47,),
    "dirt": (14, 92, 95),
    "water": (22, 27, 61, 110, 129),
    "floor": (4,),
    "carpet": (29,),
    "stairs": (54, 60, 122),
}
_CAMVID_GROUNDS = {"road": (3,), "pavement": (4,)}
_LEAST_OF_GROUND = 0.6
"""Share of what lies ahead at the bottom of the picture that one kind of ground has to have."""
_UNKNOWN = -1

_Share = Callable[..., float]
"""From classes of ADE20K to the share of the picture that they have together."""


@dataclass(frozen=True)
class PlaceLabels:
    """Of one photo.

    Attributes:
        places: float32 (places,): 1, 0, or no number where it is not known.
        ground: Position in GROUNDS; -1 where it is not known.
    """

    places: np.ndarray
    ground: int = _UNKNOWN


def named(place: str) -> np.ndarray:
    """The labels of a photo that someone has named the place of: it is that, what that is as well, and no
    other place."""
    return np.array([float(name == place or name in PARENTS[place]) for name in PLACES], np.float32)


def read_places(path: Path) -> dict[str, PlaceLabels]:
    """Read a table with the columns image, place and perhaps ground; other names than ours count as unknown.

    Args:
        path: A CSV file.

    Raises:
        DatasetError: It can't be read.
    """
    try:
        rows = list(read_rows(read_text(path), ("image", "place")))
    except CsvError as error:
        raise DatasetError(f"{path}: {error}") from error
    return {row["image"]: _of_row(row) for _, row in rows}


def _of_row(row: Mapping[str, str]) -> PlaceLabels:
    ground = row.get("ground", "")
    places = named(row["place"]) if row["place"] in PLACES else np.full(len(PLACES), np.nan, np.float32)
    return PlaceLabels(places, GROUNDS.index(ground) if ground in GROUNDS else _UNKNOWN)


def of_camvid(numbers: np.ndarray) -> PlaceLabels:
    """Label a photo of CamVid: all of them were taken from a car, in streets.

    Args:
        numbers: uint8 (rows, columns).
    """
    return PlaceLabels(named("street"), _ground(numbers, _CAMVID_GROUNDS))


def of_ade20k(numbers: np.ndarray) -> PlaceLabels:
    """Label a photo of ADE20K by what it shows how much of.

    Args:
        numbers: uint8 (rows, columns).
    """
    counts = np.bincount(numbers.ravel(), minlength=256) / numbers.size
    ground = _ground(numbers, _ADE20K_GROUNDS)

    def share(*classes: int) -> float:
        return float(counts[list(classes)].sum())

    if share(4, 6, 19, 29) > 0.05 and share(3) < 0.05 and share(1) > 0.05:
        return PlaceLabels(_indoors(share), ground)
    if share(3, 5, 7, 10, 12, 14, 17, 22, 27, 30, 47) > 0.3 and share(4, 6) < 0.02:
        return PlaceLabels(_outdoors(share), ground)
    return PlaceLabels(np.full(len(PLACES), np.nan, np.float32), ground)


RULES: Mapping[str, Callable[[np.ndarray], PlaceLabels]] = {"ade20k": of_ade20k, "camvid": of_camvid}
"""By the set whose maps they read."""


def _indoors(share: _Share) -> np.ndarray:
    if share(8) > 0.08:
        return named("bedroom")
    if share(66, 38, 146) > 0.01:
        return named("bathroom")
    if share(72, 119, 125, 130, 74) > 0.01 and share(11, 71) > 0.05:
        return named("kitchen")
    if share(54, 60) > 0.08:
        return named("stairwell")
    if share(24) > 0.03:
        return named("living room")
    if share(16) > 0.03 and share(20) > 0.03 and share(34, 75, 144) < 0.01:
        return named("dining room")
    if share(34) > 0.02 and share(75, 76, 144, 142) > 0.005:
        return named("office")
    return _only("indoors", against="outdoors")


def _outdoors(share: _Share) -> np.ndarray:
    if share(47) > 0.08 and share(22, 27) > 0.03:
        return named("beach")
    if share(7) > 0.08 and share(2, 26, 49, 21, 44) > 0.1:
        return named("street")
    if share(22, 27, 61, 129) > 0.3:
        return named("water")
    if share(17, 69) > 0.2:
        return named("mountain")
    if share(5) > 0.6 and share(2, 26) < 0.02:
        return named("forest")
    if share(10, 30, 14) > 0.35 and share(2, 26, 49) < 0.05:
        return named("field")
    return _only("outdoors", against="indoors")


def _only(place: str, against: str) -> np.ndarray:
    """Inside or outside, and nothing known of the kind; but it is no place of the other side."""
    labels = np.full(len(PLACES), np.nan, np.float32)
    for index, name in enumerate(PLACES):
        if name == place:
            labels[index] = 1
        elif name == against or against in PARENTS[name]:
            labels[index] = 0
    return labels


def _ground(numbers: np.ndarray, kinds: Mapping[str, Sequence[int]]) -> int:
    """What lies ahead: in the middle third of the lowest quarter."""
    rows, columns = numbers.shape
    ahead = numbers[rows - rows // 4 :, columns // 3 : columns - columns // 3]
    shares = {name: float(np.isin(ahead, kinds[name]).mean()) for name in kinds}
    best = max(shares, key=shares.__getitem__)
    return GROUNDS.index(best) if shares[best] >= _LEAST_OF_GROUND else _UNKNOWN
