"""Things that are said together, and how much each of them matters. In no language yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.scene import Direction

Spot = Direction | int
"""Where something is: a third of the picture, or an hour of the clock."""


UNDERFOOT = frozenset("stairs pothole puddle manhole water".split())
WALKING = frozenset("stairs pothole puddle manhole door crossing".split()) | {"tactile paving"}
"""What matters most to someone walking."""
_ON_THE_WAY = frozenset(
    (
        "door, crossing, traffic light, stop sign, sign, pole, streetlight, tactile paving, fire hydrant,"
        " parking meter, bin, bench, fence, railing"
    ).split(", ")
)


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
        more: Whether others of the same name are said, or known, as well.
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


@dataclass(frozen=True, slots=True)
class Changes:
    """What is not as the wearer knows it.

    Attributes:
        come: What is new or close now, what matters first.
        gone: What was close and is not there any more.
    """

    come: tuple[Group, ...] = ()
    gone: tuple[Group, ...] = ()


def rank_of(name: str) -> Rank:
    """How much a thing matters that is not close."""
    kinds = with_kinds(name)
    if name in UNDERFOOT:
        return Rank.UNDERFOOT
    if "person" in kinds:
        return Rank.PERSON
    if kinds & MOVING:
        return Rank.MOVING
    return Rank.ON_THE_WAY if name in _ON_THE_WAY else Rank.OTHER


def in_order(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """From left to right, each once. They are either all thirds or all hours."""
    return tuple(sorted(set(spots), key=_from_the_left))


def _from_the_left(spot: Spot) -> int:
    return list(Direction).index(spot) if isinstance(spot, Direction) else (spot - 9) % 12
