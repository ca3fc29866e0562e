"""What of a scene is worth saying, what of it matters first, and how sure it is. In no language yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earsight.language.groups import UNDERFOOT, WALKING, Doubt, Group, Rank, Spot, in_order, rank_of
from earsight.language.language import Directions, Phrasing, Style
from earsight.language.vocabulary import MANY, MOVING, THINGS, with_kinds
from earsight.scene import Box, DetectedObject, Place, Scene


@dataclass(frozen=True, slots=True)
class Closeness:
    """What a person, an animal or a vehicle has to look like to be called close.

    Attributes:
        bottom: How far down its box reaches at least, 0..1 of the picture's height.
        height: How high its box is at least, 0..1 of the picture's height.
    """

    bottom: float
    height: float


CLOSE: Closeness | None = Closeness(bottom=0.95, height=0.6)
"""None: nothing is called close. How often it is right: docs/builtin-model.md."""

_EXACT = 4
"""Of more than that, detectors miss some: they are several."""

_PERSON_MAYBE_ABOVE = 0.5
"""Probability below which not even a doubtful person is told of: who listens turns to greet nobody."""

_GROUNDS = frozenset("stairs water road grass".split())
"""What of the ground is worth a word."""

_AT_THE_BOTTOM = Box(0.0, 0.9, 1.0, 1.0)

_VAGUE = frozenset("outdoors indoors room".split())
"""Places that tell the wearer nothing."""


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


def doubt(confidence: float, phrasing: Phrasing, name: str = "") -> Doubt | None:
    """How sure a thing with this probability is said to be; None if it is not said.

    What matters most to someone walking is said from a lower probability: it does more harm to miss it.
    """
    probable, maybe = phrasing.object_probably, phrasing.object_maybe
    if name in WALKING:
        probable = min(probable, max(phrasing.walking, phrasing.probably))
        maybe = min(maybe, phrasing.walking)
    if "person" in with_kinds(name):
        maybe = max(maybe, _PERSON_MAYBE_ABOVE)
    plain = phrasing.likely if phrasing.style is Style.CAREFUL else phrasing.object_plain
    for least, level in ((plain, Doubt.PLAIN), (probable, Doubt.PROBABLE), (maybe, Doubt.DOUBTFUL)):
        if confidence >= least:
            return level
    return None


def doubt_of(found: DetectedObject, phrasing: Phrasing) -> Doubt | None:
    """How sure one thing is said to be; None if it is not said."""
    level = doubt(found.confidence, phrasing, found.name)
    if level is None or found.box is not None or found.name in UNDERFOOT:
        return level
    return max(level, Doubt.PROBABLE)  # Without a box, two thirds are right: docs/builtin-model.md.


def _grouped(name: str, found: Sequence[DetectedObject], phrasing: Phrasing) -> list[Group]:
    """Things of one name: the close ones, and the others. Only the surest: of two people of whom one is
    doubtful, one is said."""
    best = max(each.confidence for each in found)
    levels = [doubt_of(each, phrasing) for each in found]
    level = min((each for each in levels if each is not None), default=None)
    if level is None:
        return []
    sure = [each for each, its in zip(found, levels, strict=True) if its == level]
    close = [each.box for each in sure if each.box and _is_close(name, each.box)]
    rest = [each.box for each in sure if each.box and not _is_close(name, each.box)]
    if not close and not rest:
        return [Group(name, 1, (), level, rank_of(name), confidence=best)]
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


def _is_close(name: str, box: Box) -> bool:
    if CLOSE is None or not with_kinds(name) & MOVING:
        return False
    return box.bottom >= CLOSE.bottom and box.bottom - box.top >= CLOSE.height


def _where(boxes: Iterable[Box], directions: Directions) -> tuple[Spot, ...]:
    if directions is Directions.THIRDS:
        return in_order(box.direction for box in boxes)
    if directions is Directions.CLOCK:
        return in_order(_hour((box.left + box.right) / 2) for box in boxes)
    return ()


def _hour(middle: float) -> int:
    """On the clock: from 10 at the left edge of the picture to 2 at the right one."""
    return (round(10 + 4 * min(max(middle, 0.0), 1.0)) - 1) % 12 + 1


def _ground(scene: Scene, phrasing: Phrasing, found: Sequence[Group]) -> list[Group]:
    """What the ground ahead is, if that matters and nothing else says or contradicts it."""
    ground = scene.ground
    if ground is None or not _is_likely(ground, phrasing) or ground.name not in _GROUNDS:
        return []
    # Of a texture that it does not know the place head is sure as well, and nothing else is found there.
    if THINGS[ground.name].place and not found and place_to_say(scene, phrasing) is None:
        return []
    said = {kind for group in found for kind in with_kinds(group.name)}
    if scene.place is not None and _is_likely(scene.place, phrasing):
        said |= with_kinds(scene.place.name)
    if (
        ground.name in said
        or (ground.name == "road" and "street" in said)
        or ("indoors" in said and "outdoors" in with_kinds(ground.name))
    ):
        return []
    rank = Rank.UNDERFOOT if ground.name in UNDERFOOT else Rank.GROUND
    where = () if THINGS[ground.name].place else _where([_AT_THE_BOTTOM], phrasing.directions)
    return [Group(ground.name, 1, where, Doubt.PLAIN, rank, confidence=ground.confidence)]


def _is_likely(place: Place | None, phrasing: Phrasing) -> bool:
    return place is not None and place.name in THINGS and place.confidence >= phrasing.place
