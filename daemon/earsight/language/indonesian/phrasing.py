"""How things are listed in Indonesian."""

from __future__ import annotations

from collections.abc import Collection

from earsight.language.careful import Found, chosen
from earsight.language.indonesian.nouns import NOUNS, NUMBERS, SEVERAL


def phrase(found: Collection[Found]) -> str:
    """The likeliest things, and where they are, without capital and full stop; "" for nothing."""
    things, place = chosen(found)
    said = [_counted(thing) for thing in things]
    before_last = ", ".join(said[:-1]) + ("," if said[2:] else "")
    listed = " dan ".join([before_last, said[-1]] if said[1:] else said)
    return f"{listed} {NOUNS[place.name].one if place else ''}".strip()


def _counted(thing: Found) -> str:
    """As it is said: "seekor anjing", "dua ekor anjing", "beberapa ekor anjing"."""
    noun = NOUNS[thing.name]
    if thing.number == 1 or not noun.counted:
        return noun.one
    return f"{NUMBERS.get(int(min(thing.number, 1000)), SEVERAL)} {noun.counted}"
