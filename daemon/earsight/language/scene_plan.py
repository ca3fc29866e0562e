"""What of a scene is worth saying, what of it matters first, and how sure it is. In no language yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from earsight.language.language import Directions, Phrasing, Style
from earsight.language.vocabulary import MANY, MOVING, THINGS, with_kinds
from earsight.scene import Box, DetectedObject, Direction, Place, Scene

Spot = Direction | int
"""Where something is: a third of the picture, or an hour of the clock."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """What a person, an animal or a vehicle has to look like to be called close.

    Attributes:
        bottom: How far down its box reaches at least, 0..1 of the picture's height.
        height: How high its box is at least, 0..1 of the picture's height.
    """

    bottom: float
    height: float


CLOSE: Closeness | None = Closeness(bottom=0.9, height=0.5)
"""None: nothing is called close."""

_EXACT = 4
"""Of more than that, detectors miss some: they are several."""

_UNDERFOOT = frozenset("stairs pothole puddle manhole water".split())
_ON_THE_WAY = frozenset(
    (
        "door, crossing, traffic light, stop sign, sign, pole, streetlight, tactile paving, fire hydrant,"
        " parking meter, bin, bench, fence, railing"
    ).split(", ")
)
_GROUNDS = frozenset("stairs water road grass".split())
"""What of the ground is worth a word."""

_AT_THE_BOTTOM = Box(0.0, 0.9, 1.0, 1.0)

_VAGUE = frozenset("outdoors indoors room".split())
"""Places that tell the wearer nothing."""


class Doubt(IntEnum):
    """How sure something is, surest first. DOUBTFUL is only said where more detail was asked for."""

    PLAIN = 0
    PROBABLE = 1
    DOUBTFUL = 2


class Rank(IntEnum):
    """What matters, first things first."""

    CLOSE = 0
    UNDERFOOT = 1
    PERSON = 2
    MOVING = 3
    ON_THE_WAY = 4
    OTHER = 5
    GROUND = 6


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one name that are said together.

    Attributes:
        name: In the vocabulary.
        number: How many: MANY for several.
        where: From left to right; empty where it is not known or not said.
        doubt: How sure it is.
        rank: What comes before it.
        more: Whether closer ones of the same name are said as well.
        area: Of the largest box, 0..1 of the picture.
        confidence: Of the surest one, 0..1.
    """

    name: str
    number: float
    where: tuple[Spot, ...]
    doubt: Doubt
    rank: Rank
    more: bool = False
    area: float = 0.0
    confidence: float = 1.0

    @property
    def is_close(self) -> bool:
        return self.rank is Rank.CLOSE

    @property
    def is_ground(self) -> bool:
        """Whether it is not a thing in a place but the ground, or the place itself."""
        return THINGS[self.name].place


def place_to_say(scene: Scene, phrasing: Phrasing) -> str | None:
    """The vocabulary's name of the place, where it is likely and tells the wearer something."""
    place = scene.place
    return place.name if _is_likely(place, phrasing) and place and place.name not in _VAGUE else None


def groups(scene: Scene, phrasing: Phrasing) -> list[Group]:
    """What a detector and a place head have found, what matters first.

    Things that are too unsure to be said at all are left out.
    """
    by_name: dict[str, list[DetectedObject]] = {}
    for each in scene.objects:
        if each.name in THINGS:
            by_name.setdefault(each.name, []).append(each)
    found = [group for name, each in by_name.items() for group in _grouped(name, each, phrasing)]
    found += _ground(scene, phrasing, found)
    return sorted(found, key=lambda group: (group.rank, -group.area))


def doubt(confidence: float, phrasing: Phrasing) -> Doubt | None:
    """How sure a thing with this probability is said to be; None if it is not said."""
    plain = phrasing.likely if phrasing.style is Style.CAREFUL else phrasing.object_plain
    for least, level in (
        (plain, Doubt.PLAIN),
        (phrasing.object_probably, Doubt.PROBABLE),
        (phrasing.object_maybe, Doubt.DOUBTFUL),
    ):
        if confidence >= least:
            return level
    return None


def rank_of(name: str) -> Rank:
    """How much a thing matters that is not close."""
    kinds = with_kinds(name)
    if name in _UNDERFOOT:
        return Rank.UNDERFOOT
    if "person" in kinds:
        return Rank.PERSON
    if kinds & MOVING:
        return Rank.MOVING
    return Rank.ON_THE_WAY if name in _ON_THE_WAY else Rank.OTHER


def _grouped(name: str, found: Sequence[DetectedObject], phrasing: Phrasing) -> list[Group]:
    """Things of one name: the close ones, and the others. Only the surest: of two people of whom one is
    doubtful, one is said."""
    best = max(each.confidence for each in found)
    level = doubt(best, phrasing)
    if level is None:
        return []
    sure = [each for each in found if doubt(each.confidence, phrasing) == level]
    close = [each.box for each in sure if _is_close(each)]
    rest = [each.box for each in sure if not _is_close(each)]
    grouped = []
    for boxes, rank in ((close, Rank.CLOSE), (rest, rank_of(name))):
        if boxes:
            where = _where(boxes, phrasing.directions)
            more = boxes is rest and bool(close)
            area = max(box.area for box in boxes)
            grouped.append(Group(name, _number(name, boxes), where, level, rank, more, area, best))
    return grouped


def _number(name: str, boxes: Sequence[Box]) -> float:
    if not THINGS[name].counted:
        return 1
    return len(boxes) if len(boxes) <= _EXACT else MANY


def _is_close(found: DetectedObject) -> bool:
    if CLOSE is None or not with_kinds(found.name) & MOVING:
        return False
    box = found.box
    return box.bottom >= CLOSE.bottom and box.bottom - box.top >= CLOSE.height


def _where(boxes: Iterable[Box], directions: Directions) -> tuple[Spot, ...]:
    middles = sorted((box.left + box.right) / 2 for box in boxes)
    if directions is Directions.THIRDS:
        spots: list[Spot] = [Box(middle, 0, middle, 1).direction for middle in middles]
    elif directions is Directions.CLOCK:
        spots = [(round(10 + 4 * min(max(middle, 0.0), 1.0)) - 1) % 12 + 1 for middle in middles]
    else:
        spots = []
    return tuple(dict.fromkeys(spots))


def _ground(scene: Scene, phrasing: Phrasing, found: Sequence[Group]) -> list[Group]:
    """What the ground ahead is, if that matters and no thing says so."""
    ground = scene.ground
    if ground is None or not _is_likely(ground, phrasing) or ground.name not in _GROUNDS:
        return []
    if any(ground.name in with_kinds(group.name) for group in found):
        return []
    where = _where([_AT_THE_BOTTOM], phrasing.directions)
    rank = Rank.UNDERFOOT if ground.name in _UNDERFOOT else Rank.GROUND
    return [Group(ground.name, 1, where, Doubt.PLAIN, rank, confidence=ground.confidence)]


def _is_likely(place: Place | None, phrasing: Phrasing) -> bool:
    return place is not None and place.name in THINGS and place.confidence >= phrasing.place
