"""How things, their numbers and their directions are put in English."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from earsight.language import careful
from earsight.language.english.nouns import NOUNS, NUMBERS
from earsight.language.grammar import Found
from earsight.language.groups import Group, Spot
from earsight.scene import Direction

_ONE = {Direction.LEFT: "on the left", Direction.AHEAD: "ahead", Direction.RIGHT: "on the right"}
_SEVERAL = {
    (Direction.LEFT, Direction.AHEAD): "on the left and ahead",
    (Direction.LEFT, Direction.RIGHT): "on both sides",
    (Direction.AHEAD, Direction.RIGHT): "ahead and on the right",
    (Direction.LEFT, Direction.AHEAD, Direction.RIGHT): "on three sides",
}


def things(groups: Sequence[Group]) -> str:
    """Those in one direction together: "two people and a dog on the left, a car ahead"."""
    clauses: dict[str, list[str]] = {}
    for group in groups:
        where = "in front" if group.is_ground else _where(group.where, close=group.is_close)
        clauses.setdefault(where, []).append(_counted(group))
    return ", ".join(f"{_listed(said)} {where}".strip() for where, said in clauses.items())


def summary(found: Collection[Found]) -> str:
    """The likeliest things, and where they are, without capital and full stop; "" for nothing."""
    named, place = careful.chosen(found)
    listed = _listed([_number_of(thing.name, thing.number, "") for thing in named])
    return f"{listed} {NOUNS[place.name].one if place else ''}".strip()


def heading(place: str) -> str:
    """Without an article: "living room"."""
    return NOUNS[place].bare


def _listed(said: Sequence[str]) -> str:
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _counted(group: Group) -> str:
    """As it is said: "a dog", "two dogs", "several dogs", "another dog", "two more dogs", "more sheep"."""
    noun = NOUNS[group.name]
    if group.is_ground:
        return noun.bare
    if not group.more:
        return _number_of(group.name, group.number, "several")
    if not noun.many:
        return f"more {noun.one}"
    if group.number == 1:
        return f"another {noun.one.split(' ', 1)[1]}"
    return f"{_number(group.number) or 'several'} more {noun.many}"


def _number_of(name: str, number: float, several: str) -> str:
    """several: what an unknown number is called."""
    noun = NOUNS[name]
    if number == 1 or not noun.many:
        return noun.one
    return f"{_number(number) or several} {noun.many}".strip()


def _number(number: float) -> str:
    return next((word for word, known in NUMBERS.items() if known == number), "")


def _where(spots: tuple[Spot, ...], *, close: bool) -> str:
    near = "close " if close else ""
    if not spots:
        return "close by" if close else ""
    if isinstance(spots[0], Direction):
        words = _ONE[spots[0]] if len(spots) == 1 else _SEVERAL[spots]  # type: ignore[index]
        return f"{near}{words}"
    hours = [str(spot) for spot in spots]
    if len(hours) <= 2:
        return f"{near}at {' and '.join(hours)} o'clock"
    return f"{near}from {hours[0]} to {hours[-1]} o'clock"
