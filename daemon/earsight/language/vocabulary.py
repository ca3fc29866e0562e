"""The things and places that Earsight can name, in no language yet, and what these are kinds of.

The careful style goes back along the kinds: from a dog to an animal. The table has the everyday things of
photos and streets, for any captioner or detector. It is no dictionary: what is not in it is never said in the
careful style. Each language has its words for every entry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

MANY = math.inf
"""How many there are when a text only says that there are several."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An entry of the vocabulary.

    Attributes:
        kinds: What naming it says as well: a dog is an animal, and where a street is, it is outdoors.
        counted: Whether it comes in numbers, as dogs do and food does not.
        place: Whether it says where the rest is.
    """

    kinds: tuple[str, ...] = ()
    counted: bool = True
    place: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """Of a thing in a text.

    Attributes:
        place: How many words for things come before the first word for it.
        number: How many of it there are; MANY for several, 1 for what is not counted.
    """

    place: int
    number: float


def _thing(kinds: str = "", *, counted: bool = True) -> Thing:
    return Thing(tuple(kinds.split()), counted)


def _place(kinds: str = "") -> Thing:
    return Thing(tuple(kinds.split()), counted=False, place=True)


THINGS: dict[str, Thing] = {
    "person": _thing(),
    "man": _thing("person"),
    "woman": _thing("person"),
    "child": _thing("person"),
    "boy": _thing("child"),
    "girl": _thing("child"),
    "baby": _thing("child"),
    #
    "animal": _thing(),
    "dog": _thing("animal"),
    "cat": _thing("animal"),
    "horse": _thing("animal"),
    "bird": _thing("animal"),
    "cow": _thing("animal"),
    "sheep": _thing("animal", counted=False),
    "elephant": _thing("animal"),
    "giraffe": _thing("animal"),
    "zebra": _thing("animal"),
    "bear": _thing("animal"),
    "monkey": _thing("animal"),
    #
    "vehicle": _thing(),
    "car": _thing("vehicle outdoors"),
    "truck": _thing("vehicle outdoors"),
    "bus": _thing("vehicle outdoors"),
    "tram": _thing("vehicle outdoors"),
    "train": _thing("vehicle"),
    "motorcycle": _thing("vehicle"),
    "bicycle": _thing("vehicle"),
    "scooter": _thing("vehicle"),
    "boat": _thing("vehicle water outdoors"),
    "airplane": _thing("vehicle"),
    "cart": _thing(),
    "wheelchair": _thing(),
    #
    "traffic light": _thing("outdoors"),
    "sign": _thing(),
    "pole": _thing(),
    "hydrant": _thing("outdoors"),
    "bench": _thing(),
    "fence": _thing(),
    "umbrella": _thing(),
    "building": _thing(),
    "bridge": _thing("outdoors"),
    "stairs": _thing(counted=False),
    "tree": _thing("outdoors"),
    "flower": _thing(),
    "rock": _thing("outdoors"),
    "playground": _thing("outdoors"),
    "tent": _thing(),
    #
    "wall": _thing(),
    "door": _thing(),
    "window": _thing(),
    "table": _thing(),
    "chair": _thing(),
    "couch": _thing("indoors"),
    "bed": _thing("indoors"),
    "computer": _thing(),
    "television": _thing("indoors"),
    "phone": _thing(),
    "book": _thing(),
    "bag": _thing(),
    "food": _thing(counted=False),
    "plate": _thing(),
    "bowl": _thing(),
    "cup": _thing(),
    "bottle": _thing(),
    "guitar": _thing(),
    "microphone": _thing(),
    "ball": _thing(),
    "frisbee": _thing(),
    "toy": _thing(),
    "stick": _thing(),
    "skateboard": _thing(),
    "surfboard": _thing(),
    "snowboard": _thing(),
    "ski": _thing(counted=False),
    "sled": _thing(),
    "flag": _thing(),
    "fire": _thing(counted=False),
    #
    "outdoors": _place(),
    "indoors": _place(),
    "room": _place("indoors"),
    "kitchen": _place("indoors"),
    "street": _place("outdoors"),
    "path": _place("outdoors"),
    "snow": _place("outdoors"),
    "ice": _place(),
    "grass": _place("outdoors"),
    "beach": _place("outdoors"),
    "sand": _place(),
    "dirt": _place("outdoors"),
    "forest": _place("tree outdoors"),
    "mountain": _place("outdoors"),
    "water": _place(),
    "ocean": _place("water outdoors"),
    "lake": _place("water outdoors"),
    "river": _place("water outdoors"),
}
"""By name, in the order in which they are said: people, animals, vehicles, the street, indoors and in hands,
places."""


@cache
def with_kinds(name: str) -> frozenset[str]:
    """The thing and all that naming it says as well."""
    return frozenset({name}).union(*(with_kinds(kind) for kind in THINGS[name].kinds))
