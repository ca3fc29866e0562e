"""What is to the left, ahead and to the right, in that order. In any language, by its grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earsight.language.grammar import Grammar
from earsight.language.groups import Doubt, Group
from earsight.language.language import CANT_TELL, PROBLEMS, Description, Directions, Phrasing
from earsight.language.scene_plan import groups
from earsight.message import Message, message
from earsight.scene import DetectedObject, Direction, Scene


@dataclass(frozen=True, slots=True)
class _Side:
    """A third of the picture: what is said if things are known there, and if none are."""

    things: Message
    unknown: Message


def _side(direction: Direction | None, things: str) -> _Side:
    """None: it is not known where the things are."""
    if direction is Direction.LEFT:
        return _Side(message("around.left", things=things), message("around.left_unknown"))
    if direction is Direction.AHEAD:
        return _Side(message("around.ahead", things=things), message("around.ahead_unknown"))
    if direction is Direction.RIGHT:
        return _Side(message("around.right", things=things), message("around.right_unknown"))
    return _Side(message("around.somewhere", things=things), message("around.somewhere", things=things))


def around(scene: Scene, phrasing: Phrasing, grammar: Grammar) -> tuple[Description, tuple[Group, ...]]:
    """Put into words what is on each side.

    Of a side on which no thing is known it says just that, and never that there is none: that might promise
    a clear way.

    Args:
        scene: What is seen.
        phrasing: How sure a thing has to be, and what is doubtful; its directions are always thirds.
        grammar: Of the language.

    Returns:
        The words, and the things that they name.
    """
    if scene.problem is not None:
        return Description(grammar.text(PROBLEMS[scene.problem]), abstained=True), ()
    in_thirds = replace(phrasing, directions=Directions.THIRDS)
    said: list[str] = []
    named: list[Group] = []
    for direction in (*Direction, None):
        found = groups(Scene(scene.captured_at, objects=_on(direction, scene)), in_thirds)
        side = _side(direction, _things(found, grammar))
        if found:
            said.append(grammar.text(side.things))
        elif direction is not None:
            said.append(grammar.text(side.unknown))
        named += found
    if not named:
        return Description(grammar.text(CANT_TELL), abstained=True), ()
    return Description(" ".join(said), abstained=False), tuple(named)


def _on(direction: Direction | None, scene: Scene) -> tuple[DetectedObject, ...]:
    """None: those without a box."""
    return tuple(each for each in scene.objects if (each.box and each.box.direction) == direction)


def _things(found: Sequence[Group], grammar: Grammar) -> str:
    """What is surer comes first: "a car, probably two people, maybe a dog"."""
    parts = []
    for level in Doubt:
        alike = [replace(group, where=()) for group in found if group.doubt is level]
        if not alike:
            continue
        things = grammar.things(alike)
        if level is Doubt.PROBABLE:
            things = grammar.text(message("around.probably", things=things))
        elif level is Doubt.DOUBTFUL:
            things = grammar.text(message("around.maybe", things=things))
        parts.append(things)
    return ", ".join(parts)
