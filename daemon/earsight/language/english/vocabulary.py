"""What captions name: things, what these are kinds of, and the words for them, in English.

The careful style goes back along the kinds: from a puppy to a dog to an animal. The table has the everyday
things of photos and streets, for any captioner. It is no dictionary: a word that is not here is one that the
careful style never says, and words that are as often something else (waves, swings, "looking at the camera")
are left out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

MANY = math.inf
"""How many there are when a text only says that there are several."""

NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


@dataclass(frozen=True, slots=True)
class Thing:
    """kinds: what naming it says as well: a dog is an animal, and where a street is, it is outdoors.

    words: others for one of it. plurals: others for several; what adds an -s to a name or a word is
    understood. one, many: how it is said; no many for what is not counted. place: it is said as where the
    rest is.
    """

    kinds: tuple[str, ...]
    words: frozenset[str]
    plurals: frozenset[str]
    one: str
    many: str
    place: bool = False


def _thing(name: str, kinds: str = "", words: str = "", plurals: str = "", said: str | None = None) -> Thing:
    """said: "one, many" where these are not the name with an article and with an -s."""
    article = "an" if name[0] in "aeiou" else "a"
    one, _, many = (said or f"{article} {name}, {name}s").partition(", ")
    return Thing(tuple(kinds.split()), frozenset(words.split()), frozenset(plurals.split()), one, many)


def _place(said: str, kinds: str = "", words: str = "") -> Thing:
    return Thing(tuple(kinds.split()), frozenset(words.split()), frozenset(), said, "", place=True)


_PEOPLE = (
    "someone somebody adult teenager guy player goalie athlete wrestler racer runner rider biker driver"
    " passenger pedestrian cyclist bicyclist motorcyclist hiker climber swimmer diver surfer kayaker skier"
    " snowboarder skateboarder skater dancer singer musician performer worker officer soldier firefighter"
    " photographer"
)
_GROUPS = "people persons group crowd team family couple audience spectators onlookers friends passersby"
_DOGS = (
    "puppy greyhound poodle terrier retriever collie labrador dachshund dalmatian husky pug beagle rottweiler"
    " chihuahua sheepdog bulldog bull-dog pit-bull german-shepherd"
)
_STREETS = "road sidewalk pavement highway intersection crosswalk curb kerb alley"

THINGS: dict[str, Thing] = {
    "person": _thing("person", "", _PEOPLE, _GROUPS, said="a person, people"),
    "man": _thing("man", "person", "gentleman policeman fisherman businessman cowboy", "men", "a man, men"),
    "woman": _thing("woman", "person", "lady bride", "women ladies", "a woman, women"),
    "child": _thing("child", "person", "kid toddler", "children", "a child, children"),
    "boy": _thing("boy", "child"),
    "girl": _thing("girl", "child"),
    "baby": _thing("baby", "child", "infant", "babies", "a baby, babies"),
    #
    "animal": _thing("animal", "", "pet creature"),
    "dog": _thing("dog", "animal", _DOGS, "puppies huskies"),
    "cat": _thing("cat", "animal", "kitten"),
    "horse": _thing("horse", "animal", "pony", "ponies"),
    "bird": _thing("bird", "animal", "duck seagull gull pigeon goose swan parrot eagle owl", "geese"),
    "cow": _thing("cow", "animal", "bull calf", "cattle"),
    "sheep": _thing("sheep", "animal", "lamb", "", "sheep"),
    "elephant": _thing("elephant", "animal"),
    "giraffe": _thing("giraffe", "animal"),
    "zebra": _thing("zebra", "animal"),
    "bear": _thing("bear", "animal"),
    "monkey": _thing("monkey", "animal"),
    #
    "vehicle": _thing("vehicle", "", "automobile atv tractor", "traffic"),
    "car": _thing("car", "vehicle outdoors", "van jeep taxi suv sedan minivan"),
    "truck": _thing("truck", "vehicle outdoors", "lorry pickup pick-up"),
    "bus": _thing("bus", "vehicle outdoors", said="a bus, buses"),
    "tram": _thing("tram", "vehicle outdoors", "streetcar trolley"),
    "train": _thing("train", "vehicle", "locomotive"),
    "motorcycle": _thing("motorcycle", "vehicle", "motorbike dirtbike dirt-bike moped motorcyclist"),
    "bicycle": _thing("bicycle", "vehicle", "bike cyclist bicyclist bmx"),
    "scooter": _thing("scooter", "vehicle"),
    "boat": _thing("boat", "vehicle water outdoors", "canoe kayak raft ship sailboat rowboat kayaker"),
    "airplane": _thing("airplane", "vehicle", "plane aeroplane aircraft"),
    "cart": _thing("cart", "", "stroller wagon carriage pram buggy"),
    "wheelchair": _thing("wheelchair"),
    #
    "traffic light": _thing("traffic light", "outdoors", "traffic-signal stoplight"),
    "sign": _thing("sign", "", "stop-sign"),
    "pole": _thing("pole", "", "lamppost lamp-post"),
    "hydrant": _thing("hydrant", "outdoors", "fire-hydrant", "", "a fire hydrant, fire hydrants"),
    "bench": _thing("bench", said="a bench, benches"),
    "fence": _thing("fence", "", "railing gate"),
    "umbrella": _thing("umbrella"),
    "building": _thing("building", "", "house skyscraper church barn"),
    "bridge": _thing("bridge", "outdoors"),
    "stairs": _thing("stairs", "", "stair staircase stairway", said="stairs"),
    "tree": _thing("tree", "outdoors"),
    "flower": _thing("flower"),
    "rock": _thing("rock", "outdoors", "boulder cliff"),
    "playground": _thing("playground", "outdoors"),
    "tent": _thing("tent"),
    #
    "wall": _thing("wall"),
    "door": _thing("door", "", "doorway"),
    "window": _thing("window"),
    "table": _thing("table", "", "desk pool-table"),
    "chair": _thing("chair", "", "armchair stool"),
    "couch": _thing("couch", "indoors", "sofa", "", "a couch, couches"),
    "bed": _thing("bed", "indoors"),
    "computer": _thing("computer", "", "laptop"),
    "television": _thing("television", "indoors", "tv"),
    "phone": _thing("phone", "", "cellphone cell-phone telephone"),
    "book": _thing("book"),
    "bag": _thing("bag", "", "backpack purse suitcase handbag"),
    "food": _thing("food", "", "meal cake pizza sandwich bread fruit ice-cream hot-dog", said="food"),
    "plate": _thing("plate"),
    "bowl": _thing("bowl"),
    "cup": _thing("cup", "", "mug"),
    "bottle": _thing("bottle"),
    "guitar": _thing("guitar"),
    "microphone": _thing("microphone"),
    "ball": _thing("ball", "", "tennis-ball soccer-ball"),
    "frisbee": _thing("frisbee", "", "disc"),
    "toy": _thing("toy", "", "doll teddy-bear"),
    "stick": _thing("stick", "", "branch"),
    "skateboard": _thing("skateboard", "", "skateboarder"),
    "surfboard": _thing("surfboard", "", "surfer"),
    "snowboard": _thing("snowboard", "", "snowboarder"),
    "ski": _thing("ski", "", "skier", said="skis"),
    "sled": _thing("sled", "", "sledge toboggan"),
    "flag": _thing("flag"),
    "fire": _thing("fire", "", "flame bonfire campfire", said="fire"),
    #
    "outdoors": _place("outdoors", "", "outside outdoor sky sun park yard backyard garden field"),
    "indoors": _place("indoors", "", "inside indoor"),
    "room": _place("in a room", "indoors", "bedroom bathroom living-room office classroom hallway"),
    "kitchen": _place("in a kitchen", "indoors"),
    "street": _place("on or near a street", "outdoors", _STREETS),
    "path": _place("on a path", "outdoors", "trail walkway footpath"),
    "snow": _place("in the snow", "outdoors", "snowy snow-covered snowboarder skier skiing snowboarding"),
    "ice": _place("on ice", "", "icy"),
    "grass": _place("on grass", "outdoors", "grassy lawn meadow"),
    "beach": _place("on a beach", "outdoors", "seashore"),
    "sand": _place("on sand", "", "sandy dune"),
    "dirt": _place("on dirt", "outdoors", "muddy mud dusty"),
    "forest": _place("among trees", "tree outdoors", "among-trees woods wooded"),
    "mountain": _place("in hills", "outdoors", "hill hillside slope mountainside cliff"),
    "water": _place("in or near water", "", "pool puddle splash underwater fountain swimmer"),
    "ocean": _place("in or near the sea", "water outdoors", "sea surf surfer surfing"),
    "lake": _place("in or near a lake", "water outdoors", "pond"),
    "river": _place("in or near a river", "water outdoors", "stream creek waterfall rapids"),
}
"""By name, in the order in which they are said: people, animals, vehicles, the street, indoors and in hands,
places."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Of a thing in a text. place: how many words for things come before the first for it. number: how many
    of it there are; MANY for several, 1 for what is not counted."""

    place: int
    number: float


_NAMED: dict[str, dict[str, bool]] = {}
"""Word (a hyphen joins two): the things that it names, each with whether it names several of them."""

for _name, _entry in THINGS.items():
    _single = {_name.replace(" ", "-"), *_entry.words}
    for _word in _single:
        _NAMED.setdefault(_word, {})[_name] = False
    for _word in {f"{_word}{_ending}" for _word in _single for _ending in ("s", "es")} | _entry.plurals:
        _NAMED.setdefault(_word, {}).setdefault(_name, True)

_JOINED = {"couple-of": "two", "pair-of": "two"} | {
    f"{_group}-of": "several"
    for _group in "group crowd team bunch number line row herd flock pack lots".split()
}
"""What a pair of words becomes when it only counts what follows."""

_KNOWN = frozenset("the his her its their this that these those".split())
"""Before what may have been named already."""

_BREAKS = frozenset("in on at with of by to for from near while as is are".split())
"""What parts a number from what it does not count."""


@cache
def with_kinds(name: str) -> frozenset[str]:
    """The thing and all that naming it says as well."""
    return frozenset({name}).union(*(with_kinds(kind) for kind in THINGS[name].kinds))


def named(text: str) -> dict[str, Mention]:
    """What a text names, and what these are kinds of.

    "A man and two boys" has one man, two boys, two children and three people. "A dog with a dog" has one
    dog at least: captioners repeat themselves.
    """
    words = _words(text)
    mentions: dict[str, Mention] = {}
    counted: set[str] = set()
    place = 0
    for at, word in enumerate(words):
        for name, several in _NAMED.get(word, {}).items():
            # "A baby girl" is one person.
            again = name in counted or (at > 0 and with_kinds(name) & _all_kinds(words[at - 1]))
            number = 0 if again and not several else _number(words[:at], several)
            for kind in with_kinds(name):
                known = mentions.get(kind, Mention(place, 0))
                total = max(1, known.number + number) if THINGS[kind].many else 1
                mentions[kind] = Mention(known.place, total)
        counted |= _all_kinds(word)
        place += word in _NAMED
    return mentions


def _all_kinds(word: str) -> set[str]:
    return {kind for name in _NAMED.get(word, ()) for kind in with_kinds(name)}


def _words(text: str) -> list[str]:
    """In lower case; pairs that the table has as one word are joined by a hyphen."""
    joined: list[str] = []
    for word in re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower().replace("'s", "")):
        pair = f"{joined[-1]}-{word}" if joined else word
        if joined and (pair in _NAMED or pair in _JOINED):
            joined[-1] = _JOINED.get(pair, pair)
        else:
            joined.append(word)
    return joined


def _number(before: list[str], several: bool) -> float:
    """How many more a word means, by the words before it; 0 for what may have been named already."""
    for word in reversed(before[-4:]):
        if word in NUMBERS:
            return NUMBERS[word] if several else 1
        if word in _KNOWN and not several:
            return 0
        if word in _NAMED or word in _BREAKS:
            break
    return MANY if several else 1
