"""What can be said: the phrases of each action, in English."""

from __future__ import annotations

from functools import cache
from itertools import chain

from earsight.language.english.questions import FORMS, noun_forms

PHRASES: dict[str, tuple[str, ...]] = {
    "describe": ("describe", "what do you see", "what is in front of me"),
    "detail": ("more detail", "tell me more", "describe in detail"),
    "repeat": ("again", "repeat", "say that again"),
    "read": ("read", "read this", "read the text"),
    "spell": ("spell it", "spell that"),
    "around": ("around", "look around", "what is around me"),
    "light": ("how bright is it", "how dark is it", "is the light on"),
    "scan": ("scan", "scan the code", "read the code"),
    "status": ("status", "what time is it", "what is the time", "battery level"),
    "narration": ("narration", "start narration", "stop narration"),
    "louder": ("louder", "speak louder"),
    "quieter": ("quieter", "speak quieter"),
    "faster": ("faster", "speak faster"),
    "slower": ("slower", "speak slower"),
    "help": ("help", "what can i press"),
    "stop": ("stop", "be quiet", "cancel"),
    "menu": ("menu", "open the menu"),
    "switch_off": ("switch off", "turn off"),
}
"""By the names of the actions that are asked for without more."""

FIND = ("find people", "find the {one}", "find {a}", "find my {one}", "look for the {one}")
"""Of the action find. The slots are forms of a thing; see NounForms."""

QUESTIONS = (*FORMS.about_this, *chain.from_iterable(FORMS.templates.values()))
"""Of the action ask, which is given all of the words."""

_THINGS = (
    "person,child,baby,animal,dog,cat,horse,bird,car,truck,bus,tram,train,motorcycle,scooter,"
    "bicycle,wheelchair,boat,stairs,crossing,tactile paving,traffic light,sign,stop sign,bench,fence,"
    "railing,pole,puddle,bin,umbrella,tree,flower,potted plant,building,wall,door,window,dining table,"
    "chair,couch,bed,cabinet,toilet,sink,refrigerator,oven,microwave,tv,computer,laptop,keyboard,mouse,"
    "remote,cell phone,clock,book,scissors,hair drier,toothbrush,bag,backpack,handbag,suitcase,apple,"
    "banana,orange,sandwich,pizza,cake,cup,wine glass,bottle,plate,bowl,fork,knife,spoon"
).split(",")
"""Names that are listened for: what people look for, and the built-in model can tell. Each name more is one
that others may be taken for: `script/bench listen` shows what it costs."""

_ALSO = (
    ("what is ", "what's "),
    ("where is ", "where's "),
    ("colour", "color"),
    (" tv", " television"),
    ("zebra crossing", "crosswalk"),
    ("zebra crossing", "pedestrian crossing"),
)
"""Other ways to say or to write a part of a phrase."""


@cache
def slots() -> dict[str, dict[str, str]]:
    """What a slot may hold: for each word its name in the vocabulary."""
    found: dict[str, dict[str, str]] = {"a": {}, "one": {}, "many": {}}
    forms = noun_forms()
    for name in _THINGS:
        found["a"][forms[name].a] = found["one"][forms[name].one] = name
        found["many"][forms[name].many] = name
    return found


def ways_to_say(phrase: str) -> list[str]:
    """A phrase as it is written here, as people say it, and as Americans write it."""
    ways = [phrase]
    for part, other in _ALSO:
        ways += [way.replace(part, other) for way in ways if part in way]
    return ways


def politely(phrase: str) -> list[str]:
    """A phrase, and the same with "please" before or after it."""
    return [phrase, f"please {phrase}", f"{phrase} please"]
