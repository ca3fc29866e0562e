"""The English words for the vocabulary: how captions name things, and how these are said.

Words that are as often something else (waves, swings, "looking at the camera") are left out: a thing that is
not named is not said.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


@dataclass(frozen=True, slots=True)
class Noun:
    """The words for an entry of the vocabulary.

    Attributes:
        words: Others than its name for one of it. A hyphen joins two words.
        plurals: Others for several. What adds an -s to a name or a word is understood.
        one: How one is said, or what is not counted, or a place.
        many: How several are said; empty for what is not counted.
    """

    words: frozenset[str]
    plurals: frozenset[str]
    one: str
    many: str = ""


def _noun(name: str, words: str = "", plurals: str = "", said: str | None = None) -> Noun:
    """said: "one, many" where these are not the name with an article and with an -s."""
    article = "an" if name[0] in "aeiou" else "a"
    one, _, many = (said or f"{article} {name}, {name}s").partition(", ")
    return Noun(frozenset(words.split()), frozenset(plurals.split()), one, many)


def _place(said: str, words: str = "") -> Noun:
    return Noun(frozenset(words.split()), frozenset(), said)


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

NOUNS: dict[str, Noun] = {
    "person": _noun("person", _PEOPLE, _GROUPS, said="a person, people"),
    "man": _noun("man", "gentleman policeman fisherman businessman cowboy", "men", said="a man, men"),
    "woman": _noun("woman", "lady bride", "women ladies", said="a woman, women"),
    "child": _noun("child", "kid toddler", "children", said="a child, children"),
    "boy": _noun("boy"),
    "girl": _noun("girl"),
    "baby": _noun("baby", "infant", "babies", said="a baby, babies"),
    #
    "animal": _noun("animal", "pet creature"),
    "dog": _noun("dog", _DOGS, "puppies huskies"),
    "cat": _noun("cat", "kitten"),
    "horse": _noun("horse", "pony", "ponies"),
    "bird": _noun("bird", "duck seagull gull pigeon goose swan parrot eagle owl", "geese"),
    "cow": _noun("cow", "bull calf", "cattle"),
    "sheep": _noun("sheep", "lamb", said="sheep"),
    "elephant": _noun("elephant"),
    "giraffe": _noun("giraffe"),
    "zebra": _noun("zebra"),
    "bear": _noun("bear"),
    "monkey": _noun("monkey"),
    #
    "vehicle": _noun("vehicle", "automobile atv tractor", "traffic"),
    "car": _noun("car", "van jeep taxi suv sedan minivan"),
    "truck": _noun("truck", "lorry pickup pick-up"),
    "bus": _noun("bus", said="a bus, buses"),
    "tram": _noun("tram", "streetcar trolley"),
    "train": _noun("train", "locomotive"),
    "motorcycle": _noun("motorcycle", "motorbike dirtbike dirt-bike moped motorcyclist"),
    "bicycle": _noun("bicycle", "bike cyclist bicyclist bmx"),
    "scooter": _noun("scooter"),
    "boat": _noun("boat", "canoe kayak raft ship sailboat rowboat kayaker"),
    "airplane": _noun("airplane", "plane aeroplane aircraft"),
    "cart": _noun("cart", "stroller wagon carriage pram buggy"),
    "wheelchair": _noun("wheelchair"),
    #
    "traffic light": _noun("traffic light", "traffic-signal stoplight"),
    "sign": _noun("sign", "stop-sign"),
    "pole": _noun("pole", "lamppost lamp-post"),
    "hydrant": _noun("hydrant", "fire-hydrant", said="a fire hydrant, fire hydrants"),
    "bench": _noun("bench", said="a bench, benches"),
    "fence": _noun("fence", "railing gate"),
    "umbrella": _noun("umbrella"),
    "building": _noun("building", "house skyscraper church barn"),
    "bridge": _noun("bridge"),
    "stairs": _noun("stairs", "stair staircase stairway", said="stairs"),
    "tree": _noun("tree"),
    "flower": _noun("flower"),
    "rock": _noun("rock", "boulder cliff"),
    "playground": _noun("playground"),
    "tent": _noun("tent"),
    #
    "wall": _noun("wall"),
    "door": _noun("door", "doorway"),
    "window": _noun("window"),
    "table": _noun("table", "desk pool-table"),
    "chair": _noun("chair", "armchair stool"),
    "couch": _noun("couch", "sofa", said="a couch, couches"),
    "bed": _noun("bed"),
    "computer": _noun("computer", "laptop"),
    "television": _noun("television", "tv"),
    "phone": _noun("phone", "cellphone cell-phone telephone"),
    "book": _noun("book"),
    "bag": _noun("bag", "backpack purse suitcase handbag"),
    "food": _noun("food", "meal cake pizza sandwich bread fruit ice-cream hot-dog", said="food"),
    "plate": _noun("plate"),
    "bowl": _noun("bowl"),
    "cup": _noun("cup", "mug"),
    "bottle": _noun("bottle"),
    "guitar": _noun("guitar"),
    "microphone": _noun("microphone"),
    "ball": _noun("ball", "tennis-ball soccer-ball"),
    "frisbee": _noun("frisbee", "disc"),
    "toy": _noun("toy", "doll teddy-bear"),
    "stick": _noun("stick", "branch"),
    "skateboard": _noun("skateboard", "skateboarder"),
    "surfboard": _noun("surfboard", "surfer"),
    "snowboard": _noun("snowboard", "snowboarder"),
    "ski": _noun("ski", "skier", said="skis"),
    "sled": _noun("sled", "sledge toboggan"),
    "flag": _noun("flag"),
    "fire": _noun("fire", "flame bonfire campfire", said="fire"),
    #
    "outdoors": _place("outdoors", "outside outdoor sky sun park yard backyard garden field"),
    "indoors": _place("indoors", "inside indoor"),
    "room": _place("in a room", "bedroom bathroom living-room office classroom hallway"),
    "kitchen": _place("in a kitchen"),
    "street": _place("on or near a street", _STREETS),
    "path": _place("on a path", "trail walkway footpath"),
    "snow": _place("in the snow", "snowy snow-covered snowboarder skier skiing snowboarding"),
    "ice": _place("on ice", "icy"),
    "grass": _place("on grass", "grassy lawn meadow"),
    "beach": _place("on a beach", "seashore"),
    "sand": _place("on sand", "sandy dune"),
    "dirt": _place("on dirt", "muddy mud dusty"),
    "forest": _place("among trees", "among-trees woods wooded"),
    "mountain": _place("in hills", "hill hillside slope mountainside cliff"),
    "water": _place("in or near water", "pool puddle splash underwater fountain swimmer"),
    "ocean": _place("in or near the sea", "sea surf surfer surfing"),
    "lake": _place("in or near a lake", "pond"),
    "river": _place("in or near a river", "stream creek waterfall rapids"),
}
"""For every entry of the vocabulary."""
