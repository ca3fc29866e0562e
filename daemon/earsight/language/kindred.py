"""Which things are taken for each other, by detectors and by captioners."""

from __future__ import annotations

from earsight.language.vocabulary import THINGS, with_kinds

KINDRED = (
    frozenset("car truck bus train".split()),
    frozenset("bicycle motorcycle".split()),
    frozenset("cat dog horse sheep cow elephant bear zebra giraffe bird".split()),
    frozenset(("couch", "chair", "bed", "bench")),
    frozenset(("tv", "laptop", "window")),
    frozenset(("backpack", "handbag", "suitcase")),
    frozenset(("cup", "bottle", "wine glass", "vase", "bowl")),
    frozenset("knife fork spoon".split()),
    frozenset(("refrigerator", "oven", "microwave", "cabinet", "door")),
    frozenset(("skis", "snowboard", "skateboard", "surfboard")),
    frozenset(("sign", "stop sign", "parking meter")),
    frozenset(("pole", "streetlight", "traffic light")),
    frozenset(("puddle", "pothole", "manhole")),
    frozenset(("crossing", "tactile paving", "stairs")),
    frozenset(("cell phone", "remote")),
    frozenset(("hot dog", *"banana apple orange broccoli carrot pizza donut cake sandwich".split())),
)
"""Classes that detectors take for each other: one thing in a picture is only one of them."""


def may_be_one(one: str, other: str) -> bool:
    """Whether two names may be two guesses of one thing: they share a kind, or are easily confused."""
    shared = {kind for kind in with_kinds(one) & with_kinds(other) if not THINGS[kind].place}
    return bool(shared) or any({one, other} <= names for names in KINDRED)
