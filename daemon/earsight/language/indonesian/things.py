"""How things, their numbers and their directions are put in Indonesian."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from earsight.language import careful
from earsight.language.grammar import Found
from earsight.language.groups import Group, Spot
from earsight.language.indonesian.nouns import NOUNS, NUMBERS, SEVERAL
from earsight.language.vocabulary import with_kinds
from earsight.scene import Direction

_WHERE: dict[tuple[Spot, ...], str] = {
    (Direction.LEFT,): "di kiri",
    (Direction.AHEAD,): "di depan",
    (Direction.RIGHT,): "di kanan",
    (Direction.LEFT, Direction.AHEAD): "di kiri dan depan",
    (Direction.LEFT, Direction.RIGHT): "di kiri dan kanan",
    (Direction.AHEAD, Direction.RIGHT): "di depan dan kanan",
    (Direction.LEFT, Direction.AHEAD, Direction.RIGHT): "di tiga sisi",
}


def things(groups: Sequence[Group]) -> str:
    """Those in one direction together: "dua orang dan seekor anjing di kiri, sebuah mobil di depan"."""
    clauses: dict[str, list[str]] = {}
    for group in groups:
        where = "tepat di depan" if group.is_ground else _where(group.where, close=group.is_close)
        clauses.setdefault(where, []).append(_counted(group))
    return ", ".join(f"{_listed(said)} {where}".strip() for where, said in clauses.items())


def summary(found: Collection[Found]) -> str:
    """The likeliest things, and where they are, without capital and full stop; "" for nothing."""
    named, place = careful.chosen(found)
    listed = _listed([_number_of(thing.name, thing.number) for thing in named])
    return f"{listed} {NOUNS[place.name].one if place else ''}".strip()


def heading(place: str) -> str:
    """ "di dapur": "jalan" by itself would be "walk"."""
    return NOUNS[place].heading


def _listed(said: Sequence[str]) -> str:
    before_last = ", ".join(said[:-1]) + ("," if said[2:] else "")
    return " dan ".join([before_last, said[-1]] if said[1:] else said)


def _counted(group: Group) -> str:
    """As it is said: "mobil", "seekor anjing", "dua ekor anjing", "seekor anjing lagi", "satu mobil lagi".

    In a list, one thing goes without its classifier, unless it is a person or an animal.
    """
    noun = NOUNS[group.name]
    if group.is_ground or not noun.counted:
        return f"{noun.bare} lagi" if group.more else noun.bare
    is_alive = bool(with_kinds(group.name) & {"person", "animal"})
    if group.more and group.number == 1:
        one = "satu orang" if group.name == "person" else noun.one if is_alive else f"satu {noun.counted}"
        return f"{one} lagi"
    if group.number == 1:
        return noun.one if is_alive else noun.counted
    return f"{_number_of(group.name, group.number)}{' lagi' if group.more else ''}"


def _number_of(name: str, number: float) -> str:
    noun = NOUNS[name]
    if number == 1 or not noun.counted:
        return noun.one
    return f"{NUMBERS.get(int(min(number, 1000)), SEVERAL)} {noun.counted}"


def _where(spots: tuple[Spot, ...], *, close: bool) -> str:
    near = "dekat " if close else ""
    if not spots:
        return "di dekat sini" if close else ""
    if isinstance(spots[0], Direction):
        return f"{near}{_WHERE[spots]}"
    hours = [str(spot) for spot in spots]
    if len(hours) <= 2:
        return f"{near}di arah jam {' dan '.join(hours)}"
    return f"{near}dari arah jam {hours[0]} sampai {hours[-1]}"
