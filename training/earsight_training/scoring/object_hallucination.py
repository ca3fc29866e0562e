"""Object hallucination: which objects a caption names that no reference supports ("made up" in reports).

After CHAIR (Rohrbach et al., arXiv:1809.02156), with the references in the place of object annotations: a
caption's object counts as made up when no reference of the photo mentions it, a kind of it, or what it is a
kind of. A photo's references do not name everything in it, so this overstates hallucination a little; it
never hides it. Colours, counts and actions are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from earsight_training.scoring import indonesian_objects

ENGLISH = "en"

# object: (what it is a kind of, other words for it). Plurals in -s are understood.
_OBJECTS: dict[str, tuple[str, str]] = {
    "person": (
        "",
        "people someone crowd player rider team group couple adult hiker climber biker surfer skier"
        " skateboarder snowboarder swimmer cyclist bicyclist runner racer guy band family",
    ),
    "man": ("person", "men male gentleman guys"),
    "woman": ("person", "women lady ladies female"),
    "child": ("person", "children kid toddler baby babies"),
    "boy": ("child", ""),
    "girl": ("child", ""),
    "animal": ("", ""),
    "dog": ("animal", "puppy puppies greyhound poodle terrier shepherd retriever collie"),
    "horse": ("animal", "horseback"),
    "bird": ("animal", "duck seagull goose geese"),
    "cat": ("animal", "kitten"),
    "cow": ("animal", "bull"),
    "vehicle": ("", ""),
    "car": ("vehicle", "van jeep"),
    "truck": ("vehicle", ""),
    "bus": ("vehicle", "buses"),
    "train": ("vehicle", "subway"),
    "boat": ("vehicle", "raft canoe kayak ship"),
    "bike": ("vehicle", ""),
    "bicycle": ("bike", "bmx"),
    "motorcycle": ("bike", "motorbike dirtbike motocross"),
    "scooter": ("vehicle", ""),
    "cart": ("vehicle", "stroller wagon"),
    "sled": ("", "sledge toboggan"),
    "water": ("", "wet splash"),
    "ocean": ("water", "sea wave surf shore"),
    "lake": ("water", "pond"),
    "river": ("water", "stream creek waterfall"),
    "pool": ("water", ""),
    "puddle": ("water", ""),
    "fountain": ("water", ""),
    "beach": ("", "sand sandy shore"),
    "snow": ("", "snowy"),
    "ice": ("", "icy"),
    "grass": ("", "grassy lawn field yard meadow park"),
    "dirt": ("", "muddy mud dusty"),
    "mountain": ("", "hill cliff slope rock rocky mountainside peak stone"),
    "forest": ("", "wood wooded tree woods"),
    "street": ("", "road sidewalk pavement city crosswalk"),
    "path": ("", "trail track"),
    "building": ("", "house store shop restaurant"),
    "wall": ("", ""),
    "window": ("", ""),
    "door": ("", "doorway"),
    "stairs": ("", "step staircase stair"),
    "fence": ("", "gate railing rail"),
    "bridge": ("", ""),
    "bench": ("", ""),
    "chair": ("", "seat"),
    "couch": ("", "sofa"),
    "bed": ("", ""),
    "table": ("", ""),
    "ball": ("", "soccer football basketball baseball tennis volleyball"),
    "frisbee": ("", "disc"),
    "toy": ("", ""),
    "stick": ("", "branch"),
    "rope": ("", ""),
    "swing": ("", ""),
    "slide": ("", ""),
    "skateboard": ("", "ramp skateboarder skateboarding"),
    "surfboard": ("", "surfer surfing surf surfs"),
    "snowboard": ("", "snowboarder snowboarding"),
    "ski": ("", "skier skiing"),
    "hat": ("", "cap helmet"),
    "helmet": ("hat", ""),
    "glasses": ("", "sunglasses goggles"),
    "umbrella": ("", ""),
    "camera": ("", ""),
    "phone": ("", "cellphone cell"),
    "book": ("", ""),
    "bag": ("", "backpack purse"),
    "food": ("", "eat eating cake ice-cream"),
    "drink": ("", "bottle cup beer glass drinking"),
    "guitar": ("", "instrument"),
    "microphone": ("", ""),
    "sign": ("", ""),
    "flag": ("", ""),
    "flower": ("", ""),
    "tent": ("", ""),
    "fire": ("", ""),
}


def _forms(word: str) -> set[str]:
    return {word, f"{word}s", f"{word}es"}


def _by_word(forms: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """From each word to the objects that it names. forms: the words of each object."""
    named: dict[str, set[str]] = {}
    for name, its_words in forms.items():
        for word in its_words:
            named.setdefault(word, set()).add(name)
    return named


def _kinds(thing: str) -> set[str]:
    """The object and everything that it is a kind of."""
    kinds = set()
    while thing:
        kinds.add(thing)
        thing = _OBJECTS[thing][0]
    return kinds


def words(text: str) -> list[str]:
    """Split a text into words, without those that only count others: a couple of dogs is no couple."""
    return re.findall(r"[a-z-]+", re.sub(r"\b(group|couple|team|band|crowd)s? of\b", "", text.lower()))


@dataclass(frozen=True)
class _Reading:
    """How the objects of a text are read in one language.

    Attributes:
        words: Splits a text.
        named: From a word to the objects that it names.
    """

    words: Callable[[str], list[str]]
    named: Mapping[str, set[str]]


_READINGS = {
    ENGLISH: _Reading(
        words,
        _by_word(
            {
                name: {form for word in (name, *others.split()) for form in _forms(word)}
                for name, (_, others) in _OBJECTS.items()
            }
        ),
    ),
    "id": _Reading(
        indonesian_objects.words,
        _by_word({name: others.split() for name, others in indonesian_objects.WORDS.items()}),
    ),
}


def can_judge(language: str) -> bool:
    """Tell whether made_up() knows the objects' words in a language, by its code."""
    return language in _READINGS


def made_up(caption: str, references: Iterable[str], language: str = ENGLISH) -> set[str]:
    """Find the words of a caption that name objects which no reference supports.

    Args:
        caption: The caption.
        references: Captions that people wrote, in the same language.
        language: Code; of one that can_judge() does not know, nothing is found.
    """
    reading = _READINGS.get(language)
    if reading is None:
        return set()
    words, named_by = reading.words, reading.named
    mentioned = {thing for text in references for word in words(text) for thing in named_by.get(word, ())}
    known = mentioned | {kind for thing in mentioned for kind in _kinds(thing)}

    def supported(thing: str) -> bool:
        return thing in known or bool((_kinds(thing) - {thing}) & mentioned)

    named = [(word, named_by[word]) for word in words(caption) if word in named_by]
    return {word for word, things in named if not any(supported(thing) for thing in things)}
