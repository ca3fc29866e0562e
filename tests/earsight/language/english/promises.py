"""What nobody may hear of a way, and the words that promises are made of: these lists judge what is said,
not the rule of earsight.language.english.safety."""

import re
from collections.abc import Sequence
from dataclasses import replace

from earsight.language.language import Phrasing, Style
from earsight.language.languages import load_language
from earsight.scene import Caption, Scene

ALL = Phrasing(plain=0.7, probably=0.45, maybe=0.0, likely=0.05)
"""Lets everything be said that may be said at all."""

WAYS = (
    "way path road street sidewalk pavement crossing crosswalk intersection track trail lane alley bridge"
    " corridor hallway platform"
).split()
TRAFFIC = "traffic cars vehicles trucks buses bicycles motorcycles".split()
OPEN = "clear free safe empty open deserted quiet vacant passable".split()

FORBIDDEN = [
    *(f"{word} {way}" for way in WAYS for word in OPEN),
    *(f"{way} {seems} {word}" for way in WAYS for seems in ("is", "looks", "is very") for word in OPEN),
    *(
        f"{none} {traffic}"
        for traffic in TRAFFIC
        for none in ("no", "without", "no moving", "not any", "few")
    ),
    *(f"{traffic} {gone}" for traffic in TRAFFIC for gone in ("are gone", "have stopped", "are waiting")),
    *(
        f"{may} {go}"
        for may in ("can", "safe to", "ok to", "able to", "free to")
        for go in ("cross", "go", "walk")
    ),
    *"safe|safely|to safety|all clear|is clear|clear of|cleared|free of|unobstructed|passable|walkable".split(
        "|"
    ),
    *"nothing|nobody|no one|no people|no obstacle|no danger|not a car|isn't a car|out of danger".split("|"),
    *"green light|light is green|walk sign|go ahead|right of way".split("|"),
]

ADDRESSED = "you can|you may|your way|you|your|yours".split("|")
"""Kept out of descriptions, which do not speak to the wearer; Earsight's own messages may."""


def plain(text):
    return " ".join(re.findall(r"[a-z']+", text.lower()))


STRICT = re.compile(rf"\b({'|'.join([*FORBIDDEN, *ADDRESSED])})\b")


def promise(text):
    """What a sentence promises by the list above; None for nothing."""
    found = STRICT.search(plain(text))
    return found and found[0]


def caption(text):
    return Caption(text, 0.99, -0.1, -0.2)


def describe(
    captions: Sequence[Caption], phrasing: Phrasing, *, detail: bool = False, language: str = "en"
) -> str:
    scene = Scene(0.0, captions=tuple(captions))
    return load_language(language).describe(scene, phrasing, detail=detail).text


def sentences(captions, language="en"):
    for style in Style:
        for detail in (False, True):
            yield describe(captions, replace(ALL, style=style), detail=detail, language=language)


BY_THEMSELVES = frozenset(
    "safe safer safest safely clear clears cleared clearer free freely passable deserted vacant nothing"
    " nobody noone none unobstructed unblocked harmless uncrowded walkable crossable".split()
)
"""Never said, whatever is around them but a sky, water or a fall."""

WITH_OTHERS = {
    "no": "no cars",
    "not": "not any traffic",
    "never": "never any traffic",
    "without": "without cars",
    "can": "a man can cross",
    "may": "one may go",
    "go": "a dog can go",
    "cross": "able to cross",
    "pass": "it can pass",
    "walk": "a walk sign",
    "green": "a green light",
    "light": "the light is green",
    "safety": "a man in safety",
    "empty": "an empty street",
    "open": "an open road",
    "opens": "the road opens",
    "opened": "the gate is opened",
    "desert": "a road that is deserted",
    "quiet": "a quiet street",
    "calm": "a calm street",
    "enough": "enough room",
    "wide": "a wide path",
    "danger": "no danger",
    "dangerous": "not dangerous",
    "obstacle": "no obstacle",
    "hazard": "without hazard",
    "risk": "no risk",
    "secure": "a secure path",
    "okay": "okay to cross",
    "ok": "ok to walk",
    "block": "nothing to block the path",
    "blocked": "the path is not blocked",
    "blocking": "no car blocking the road",
    "blocks": "nothing blocks the way",
    "crosswalk": "an empty crosswalk",
    "crossing": "an empty crossing",
}
"""Said, but not in such a phrase."""
