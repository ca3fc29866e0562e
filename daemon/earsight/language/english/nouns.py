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
        one: How one is said, or what is not counted; for a place, how a thing is said to be there.
        many: How several are said; empty for what is not counted.
        bare: Without an article: a place as a heading, or what the ground is.
    """

    words: frozenset[str]
    plurals: frozenset[str]
    one: str
    many: str = ""
    bare: str = ""


def _noun(name: str, words: str = "", plurals: str = "", said: str | None = None) -> Noun:
    """said: "one, many" where these are not the name with an article and with an -s."""
    article = "an" if name[0] in "aeiou" else "a"
    one, _, many = (said or f"{article} {name}, {name}s").partition(", ")
    return Noun(frozenset(words.split()), frozenset(plurals.split()), one, many, one.removeprefix("a "))


def _place(said: str, words: str = "", *, bare: str = "") -> Noun:
    """bare: where it is not the last word or two of what is said."""
    last = said.partition(" a ")[2] or said.partition(" an ")[2] or said.split()[-1]
    return Noun(frozenset(words.split()), frozenset(), said, bare=bare or last)


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
    "horse": _noun("horse", "pony foal", "ponies"),
    "bird": _noun("bird", "duck seagull gull pigeon goose swan parrot eagle owl", "geese"),
    "cow": _noun("cow", "bull calf ox", "cattle oxen"),
    "sheep": _noun("sheep", "lamb ram", said="sheep"),
    "elephant": _noun("elephant"),
    "giraffe": _noun("giraffe"),
    "zebra": _noun("zebra"),
    "bear": _noun("bear"),
    "monkey": _noun("monkey"),
    #
    "vehicle": _noun("vehicle", "automobile atv tractor", "traffic"),
    "car": _noun("car", "van jeep taxi suv sedan minivan"),
    "truck": _noun("truck", "lorry pickup pick-up", "lorries"),
    "bus": _noun("bus", "minibus", said="a bus, buses"),
    "tram": _noun("tram", "streetcar trolley"),
    "train": _noun("train", "locomotive"),
    "motorcycle": _noun("motorcycle", "motorbike dirtbike dirt-bike moped motorcyclist"),
    "bicycle": _noun("bicycle", "bike cyclist bicyclist bmx"),
    "scooter": _noun("scooter"),
    "boat": _noun("boat", "canoe kayak raft ship sailboat rowboat kayaker ferry", "ferries"),
    "airplane": _noun("airplane", "plane aeroplane aircraft airliner"),
    "cart": _noun("cart", "stroller wagon carriage pram buggy"),
    "wheelchair": _noun("wheelchair"),
    #
    "stairs": _noun("stairs", "stair staircase stairway", said="stairs"),
    "pothole": _noun("pothole"),
    "puddle": _noun("puddle"),
    "manhole": _noun("manhole", "manhole-cover", said="a manhole, manholes"),
    "crossing": _noun("crossing", "zebra-crossing crosswalk", said="a zebra crossing, zebra crossings"),
    "traffic light": _noun("traffic light", "traffic-signal stoplight"),
    "sign": _noun("sign", "signpost"),
    "stop sign": _noun("stop sign"),
    "pole": _noun("pole", "post bollard"),
    "streetlight": _noun("streetlight", "street-light streetlamp street-lamp lamppost lamp-post"),
    "tactile paving": _noun("tactile paving", said="tactile paving"),
    "fire hydrant": _noun("fire hydrant", "hydrant"),
    "parking meter": _noun("parking meter"),
    "bin": _noun("bin", "trash-can trashcan garbage-can dustbin rubbish-bin wastebasket"),
    "bench": _noun("bench", said="a bench, benches"),
    "fence": _noun("fence", "gate"),
    "railing": _noun("railing", "handrail banister guardrail"),
    "umbrella": _noun("umbrella", "parasol"),
    "building": _noun("building", "house skyscraper church barn"),
    "bridge": _noun("bridge"),
    "tree": _noun("tree"),
    "flower": _noun("flower"),
    "potted plant": _noun("potted plant", "plant houseplant", said="a plant, plants"),
    "rock": _noun("rock", "boulder cliff"),
    "playground": _noun("playground"),
    "tent": _noun("tent"),
    #
    "wall": _noun("wall"),
    "door": _noun("door", "doorway"),
    "window": _noun("window"),
    "dining table": _noun("dining table", "table desk pool-table", said="a table, tables"),
    "chair": _noun("chair", "armchair stool"),
    "couch": _noun("couch", "sofa", said="a couch, couches"),
    "bed": _noun("bed"),
    "cabinet": _noun("cabinet", "cupboard locker wardrobe"),
    "toilet": _noun("toilet"),
    "sink": _noun("sink", "washbasin"),
    "refrigerator": _noun("refrigerator", "fridge freezer", said="a fridge, fridges"),
    "oven": _noun("oven", "stove"),
    "microwave": _noun("microwave"),
    "toaster": _noun("toaster"),
    "tv": _noun("tv", "television tv-set", said="a TV, TVs"),
    "computer": _noun("computer"),
    "laptop": _noun("laptop"),
    "keyboard": _noun("keyboard"),
    "mouse": _noun("mouse", "computer-mouse", "mice computer-mice", said="a computer mouse, computer mice"),
    "remote": _noun("remote", "remote-control", said="a remote control, remote controls"),
    "cell phone": _noun("cell phone", "phone cellphone telephone smartphone", said="a phone, phones"),
    "clock": _noun("clock"),
    "vase": _noun("vase"),
    "book": _noun("book"),
    "scissors": _noun("scissors", said="scissors"),
    "hair drier": _noun("hair drier", "hair-dryer hairdryer", said="a hair dryer, hair dryers"),
    "toothbrush": _noun("toothbrush", said="a toothbrush, toothbrushes"),
    "bag": _noun("bag"),
    "backpack": _noun("backpack", "rucksack"),
    "handbag": _noun("handbag", "purse"),
    "suitcase": _noun("suitcase", "luggage"),
    "tie": _noun("tie", "necktie"),
    "food": _noun("food", "meal bread fruit ice-cream", said="food"),
    "banana": _noun("banana"),
    "apple": _noun("apple"),
    "orange": _noun("orange"),
    "sandwich": _noun("sandwich", "burger hamburger", said="a sandwich, sandwiches"),
    "broccoli": _noun("broccoli", said="broccoli"),
    "carrot": _noun("carrot"),
    "hot dog": _noun("hot dog", "hotdog"),
    "pizza": _noun("pizza"),
    "donut": _noun("donut", "doughnut"),
    "cake": _noun("cake", "cupcake"),
    "plate": _noun("plate"),
    "bowl": _noun("bowl"),
    "cup": _noun("cup", "mug"),
    "wine glass": _noun("wine glass", said="a wine glass, wine glasses"),
    "bottle": _noun("bottle"),
    "fork": _noun("fork"),
    "knife": _noun("knife", "", "knives", said="a knife, knives"),
    "spoon": _noun("spoon"),
    "guitar": _noun("guitar"),
    "microphone": _noun("microphone"),
    "sports ball": _noun("sports ball", "ball tennis-ball soccer-ball", said="a ball, balls"),
    "baseball bat": _noun("baseball bat"),
    "baseball glove": _noun("baseball glove"),
    "tennis racket": _noun("tennis racket", "racket racquet tennis-racquet"),
    "frisbee": _noun("frisbee", "disc"),
    "kite": _noun("kite"),
    "toy": _noun("toy", "doll"),
    "teddy bear": _noun("teddy bear", "teddy"),
    "stick": _noun("stick", "branch"),
    "skateboard": _noun("skateboard", "skateboarder"),
    "surfboard": _noun("surfboard", "surfer"),
    "snowboard": _noun("snowboard", "snowboarder"),
    "skis": _noun("skis", "ski skier", said="skis"),
    "sled": _noun("sled", "sledge toboggan"),
    "flag": _noun("flag"),
    "fire": _noun("fire", "flame bonfire campfire", said="fire"),
    #
    "outdoors": _place("outdoors", "outside outdoor sky sun yard backyard garden"),
    "indoors": _place("indoors", "inside indoor"),
    "room": _place("in a room", "classroom"),
    "kitchen": _place("in a kitchen"),
    "bathroom": _place("in a bathroom", "restroom washroom"),
    "bedroom": _place("in a bedroom"),
    "living room": _place("in a living room"),
    "dining room": _place("in a dining room"),
    "office": _place("in an office"),
    "corridor": _place("in a corridor", "hallway"),
    "stairwell": _place("in a stairwell"),
    "shop": _place("in a shop", "store supermarket"),
    "floor": _place("on a floor"),
    "carpet": _place("on a carpet", "rug"),
    "street": _place("on or near a street", "highway intersection alley", bare="street"),
    "road": _place("on a road"),
    "pavement": _place("on a pavement", "sidewalk curb kerb"),
    "path": _place("on a path", "trail walkway footpath"),
    "park": _place("in a park"),
    "field": _place("in a field"),
    "snow": _place("in the snow", "snowy snow-covered snowboarder skier skiing snowboarding"),
    "ice": _place("on ice", "icy"),
    "grass": _place("on grass", "grassy lawn meadow"),
    "beach": _place("on a beach", "seashore"),
    "sand": _place("on sand", "sandy dune"),
    "dirt": _place("on dirt", "muddy mud dusty"),
    "forest": _place("among trees", "among-trees woods wooded", bare="forest"),
    "mountain": _place("in hills", "hill hillside slope mountainside cliff", bare="mountains"),
    "water": _place("in or near water", "pool splash underwater fountain swimmer"),
    "ocean": _place("in or near the sea", "sea surf surfer surfing"),
    "lake": _place("in or near a lake", "pond"),
    "river": _place("in or near a river", "stream creek waterfall rapids"),
}
"""For every entry of the vocabulary."""
