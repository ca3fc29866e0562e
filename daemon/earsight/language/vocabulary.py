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
    "stairs": _thing(counted=False),
    "pothole": _thing("outdoors"),
    "puddle": _thing("water"),
    "manhole": _thing("outdoors"),
    "crossing": _thing("street"),
    "traffic light": _thing("outdoors"),
    "sign": _thing(),
    "stop sign": _thing("sign outdoors"),
    "pole": _thing(),
    "streetlight": _thing("pole outdoors"),
    "tactile paving": _thing(counted=False),
    "fire hydrant": _thing("outdoors"),
    "parking meter": _thing("outdoors"),
    "bin": _thing(),
    "bench": _thing(),
    "fence": _thing(),
    "railing": _thing(),
    "umbrella": _thing(),
    "building": _thing(),
    "bridge": _thing("outdoors"),
    "tree": _thing("outdoors"),
    "flower": _thing(),
    "potted plant": _thing(),
    "rock": _thing("outdoors"),
    "playground": _thing("outdoors"),
    "tent": _thing(),
    #
    "wall": _thing(),
    "door": _thing(),
    "window": _thing(),
    "dining table": _thing(),
    "chair": _thing(),
    "couch": _thing("indoors"),
    "bed": _thing("indoors"),
    "cabinet": _thing("indoors"),
    "toilet": _thing("indoors"),
    "sink": _thing("indoors"),
    "refrigerator": _thing("indoors"),
    "oven": _thing("indoors"),
    "microwave": _thing("indoors"),
    "toaster": _thing("indoors"),
    "tv": _thing("indoors"),
    "computer": _thing(),
    "laptop": _thing("computer"),
    "keyboard": _thing(),
    "mouse": _thing(),
    "remote": _thing("indoors"),
    "cell phone": _thing(),
    "clock": _thing(),
    "vase": _thing(),
    "book": _thing(),
    "scissors": _thing(counted=False),
    "hair drier": _thing("indoors"),
    "toothbrush": _thing(),
    "bag": _thing(),
    "backpack": _thing("bag"),
    "handbag": _thing("bag"),
    "suitcase": _thing("bag"),
    "tie": _thing(),
    "food": _thing(counted=False),
    "banana": _thing("food"),
    "apple": _thing("food"),
    "orange": _thing("food"),
    "sandwich": _thing("food"),
    "broccoli": _thing("food", counted=False),
    "carrot": _thing("food"),
    "hot dog": _thing("food"),
    "pizza": _thing("food"),
    "donut": _thing("food"),
    "cake": _thing("food"),
    "plate": _thing(),
    "bowl": _thing(),
    "cup": _thing(),
    "wine glass": _thing(),
    "bottle": _thing(),
    "fork": _thing(),
    "knife": _thing(),
    "spoon": _thing(),
    "guitar": _thing(),
    "microphone": _thing(),
    "sports ball": _thing(),
    "baseball bat": _thing(),
    "baseball glove": _thing(),
    "tennis racket": _thing(),
    "frisbee": _thing(),
    "kite": _thing("outdoors"),
    "toy": _thing(),
    "teddy bear": _thing("toy"),
    "stick": _thing(),
    "skateboard": _thing(),
    "surfboard": _thing(),
    "snowboard": _thing(),
    "skis": _thing(counted=False),
    "sled": _thing(),
    "flag": _thing(),
    "fire": _thing(counted=False),
    #
    "outdoors": _place(),
    "indoors": _place(),
    "room": _place("indoors"),
    "kitchen": _place("room"),
    "bathroom": _place("room"),
    "bedroom": _place("room"),
    "living room": _place("room"),
    "dining room": _place("room"),
    "office": _place("room"),
    "corridor": _place("indoors"),
    "stairwell": _place("stairs indoors"),
    "shop": _place("indoors"),
    "floor": _place("indoors"),
    "carpet": _place("indoors"),
    "street": _place("outdoors"),
    "road": _place("street"),
    "pavement": _place("street"),
    "path": _place("outdoors"),
    "park": _place("outdoors"),
    "field": _place("outdoors"),
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
places. Detectors, place heads and settings use these names; those of COCO's classes are COCO's own."""

MOVING = frozenset({"person", "animal", "vehicle"})
"""The kinds of what may come towards the wearer, and of what is never named where it is not."""


@cache
def with_kinds(name: str) -> frozenset[str]:
    """The thing and all that naming it says as well."""
    return frozenset({name}).union(*(with_kinds(kind) for kind in THINGS[name].kinds))


def add_mention(mentions: dict[str, Mention], name: str, place: int, number: float) -> None:
    """Add what a word names, and all that this says as well, to what a text names so far.

    Args:
        mentions: Of the text so far; changed.
        name: What the word names.
        place: How many words for things come before it.
        number: How many more of it there are; 0 for what has been named already.
    """
    for kind in with_kinds(name):
        known = mentions.get(kind, Mention(place, 0))
        total = max(1, known.number + number) if THINGS[kind].counted else 1
        mentions[kind] = Mention(known.place, total)
