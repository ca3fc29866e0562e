"""What is said of a thing that the wearer looks for: where it is, how sure that is, and that it isn't seen.

In any language, by its grammar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from earsight.language.grammar import Grammar
from earsight.language.groups import UNDERFOOT, Doubt, Group, rank_of
from earsight.language.language import Directions, Phrasing, Style, capitalized
from earsight.language.names import known_classes, things_named
from earsight.language.scene_plan import groups
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.message import message
from earsight.scene import DetectedObject, Scene
from earsight_bundle import thresholds

_OFF_CENTRE = 0.2
"""How much of its probability a thing at the edge of the picture loses where one of several is chosen."""


@dataclass(frozen=True, slots=True)
class FindingLimits:
    """How probable a thing has to be that the wearer looks for. From lower probabilities than in a
    description: the wearer has asked for just this thing, and can look again.

    Attributes:
        probably: Probability from which it is said to be there, probably.
        maybe: Probability from which it is said to be there, maybe, and the ticks lead to it.
        absent: Probability below which it is not seen. In between nothing is known.
    """

    probably: float = thresholds.FIND_PROBABLY_ABOVE
    maybe: float = thresholds.FIND_MAYBE_ABOVE
    absent: float = thresholds.FIND_ABSENT_BELOW

    def phrasing(self, phrasing: Phrasing) -> Phrasing:
        """How a scene is worded in which a thing is looked for: always with its direction."""
        is_without = phrasing.directions is Directions.NONE
        return replace(
            phrasing,
            style=Style.HEDGED,
            object_probably=self.probably,
            object_maybe=self.maybe,
            walking=self.probably,
            directions=Directions.THIRDS if is_without else phrasing.directions,
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What is looked for.

    Attributes:
        name: In the vocabulary: what it is called when it is not there.
        classes: The detector's, by name: any of them is it.
    """

    name: str
    classes: frozenset[str]

    def among(self, objects: Iterable[DetectedObject]) -> list[DetectedObject]:
        """Those of the objects that are it, in the same order."""
        return [each for each in objects if each.name in self.classes]

    def presence(self, scene: Scene) -> float:
        """The probability that the picture shows any, 0..1."""
        chances = [scene.presence.get(name, 0.0) for name in self.classes]
        return max([*chances, *(each.confidence for each in self.among(scene.objects))], default=0.0)


def named(word: str) -> str:
    """What a word for a thing is called in the vocabulary.

    Args:
        word: In any language: "door", "pintu", "the sofa".

    Raises:
        ValueError: It is no word for a thing; the text says what would be right.
    """
    found = things_named(word)
    return next(name for name in THINGS if name in found)


def target(name: str, known: frozenset[str]) -> Target | None:
    """What is looked for where a thing is asked for; None if the detector knows nothing of the kind.

    Args:
        name: In the vocabulary. To a detector that knows no men, a man is a person.
        known: Names of the classes that the detector finds.
    """
    classes = known_classes(frozenset({name}), known)
    if not classes:
        return None
    is_kind = any(name in with_kinds(each) for each in classes)
    return Target(name if is_kind else min(classes), classes)


def best(objects: Iterable[DetectedObject]) -> DetectedObject | None:
    """The one to lead to, of several: the likeliest, or one that is about as likely and nearer the middle."""
    return max(objects, key=worth, default=None)


def worth(found: DetectedObject) -> float:
    """How much there is to lead to a thing: its probability, less the further it is from the middle."""
    if found.box is None:
        return found.confidence * (1 - _OFF_CENTRE)
    return found.confidence * (1 - 2 * _OFF_CENTRE * abs((found.box.left + found.box.right) / 2 - 0.5))


def sighting(found: DetectedObject, phrasing: Phrasing) -> Group | None:
    """A thing as it is said, alone; None if it is too unlikely to be said.

    Args:
        found: With its probability.
        phrasing: Of FindingLimits.phrasing().
    """
    return next(iter(groups(Scene(0.0, objects=(found,)), phrasing)), None)


def seen_text(group: Group, grammar: Grammar) -> str:
    """That it is there: "Probably a door ahead."."""
    return hedged(grammar.things([group]), group.doubt, grammar)


def hedged(things: str, doubt: Doubt, grammar: Grammar) -> str:
    """A sentence of things with its doubt before it: "Probably a door ahead."."""
    if doubt is Doubt.PLAIN:
        return f"{capitalized(things)}."
    if doubt is Doubt.PROBABLE:
        return grammar.text(message("description.probably", caption=things))
    return grammar.text(message("description.maybe", caption=things))


def unseen_text(name: str, presence: float, limits: FindingLimits, grammar: Grammar) -> str:
    """That it is not seen, where that is likely, and otherwise that it is not known.

    That people, vehicles and what one stumbles over are not seen is never said: it would sound as if one
    could go.
    """
    things = called(name, grammar)
    if presence >= limits.absent:
        return grammar.text(message("find.unsure", things=things))
    unseen = grammar.text(message("find.unseen", things=things))
    if with_kinds(name) & (MOVING | UNDERFOOT) or grammar.is_unfit(unseen):
        return grammar.text(message("find.still", things=things))
    return unseen


def called(name: str, grammar: Grammar) -> str:
    """One of it, whatever it is: "a door"."""
    return grammar.things([Group(name, 1, (), Doubt.PLAIN, rank_of(name))])


def found_text(
    wanted: Target, scene: Scene, phrasing: Phrasing, limits: FindingLimits, grammar: Grammar
) -> str:
    """What is said of a single picture in which something is looked for."""
    objects = wanted.among(scene.objects)
    chosen = best(each for each in objects if each.confidence >= limits.maybe)
    group = sighting(chosen, limits.phrasing(phrasing)) if chosen else None
    if group is not None:
        return seen_text(group, grammar)
    return unseen_text(wanted.name, wanted.presence(scene), limits, grammar)
