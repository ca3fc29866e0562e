"""Answers to questions about a scene, with the same doubt as descriptions.

In any language, by its grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earsight.language.colours import colour_text
from earsight.language.finding import FindingLimits, Target, called, hedged, target
from earsight.language.grammar import Grammar
from earsight.language.groups import UNDERFOOT, Doubt, Group, in_order, rank_of
from earsight.language.language import PROBLEMS, Directions, Phrasing, Style
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import Question
from earsight.language.scene_plan import doubt_of, groups
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.message import Message, message
from earsight.scene import DetectedObject, Scene

_EXACT = 4
"""Of more than that, detectors miss some: it is the least number that is said."""
_MOST_COUNTED = 10
"""The highest number that languages have a word for."""
_MOST_COLOURS = 3
"""Things whose colours are said."""
_LIMITS = FindingLimits()


def answer(
    question: Question,
    scene: Scene,
    phrasing: Phrasing,
    grammar: Grammar,
    limits: FindingLimits = _LIMITS,
) -> str:
    """Answer a question about the things of a scene.

    Args:
        question: Names a thing, or a word that nobody knows.
        scene: Of a look for objects; for a question about colours, with these.
        phrasing: How sure a scene has to be to be said, and how.
        grammar: Of the wearer's language.
        limits: From which probability on it is not known whether a thing is there.
    """
    if question.name is None:
        return grammar.text(message("ask.unknown", things=question.word or ""))
    if scene.problem is not None:
        return grammar.text(PROBLEMS[scene.problem])
    wanted = target(question.name, scene.findable)
    if wanted is None:
        return grammar.text(message("ask.unknown", things=called(question.name, grammar)))
    levels = _by_doubt(wanted.among(scene.objects), phrasing)
    if not levels:
        return grammar.text(_unseen(wanted, wanted.presence(scene), limits, grammar))
    phrase = {QuestionKind.HOW_MANY: _counted, QuestionKind.COLOUR: _coloured}.get(question.kind, _located)
    sentences: list[str] = []
    for level, objects in levels.items():
        sentences.append(hedged(phrase(objects, phrasing, grammar, bool(sentences)), level, grammar))
    return " ".join(sentences)


def is_certain(question: Question, scene: Scene, phrasing: Phrasing) -> bool:
    """Whether a scene answers a question so well that nobody else need be asked: what it is about is there,
    at least probably, and has a colour if that was asked for."""
    wanted = target(question.name, scene.findable) if question.name else None
    if scene.problem is not None or wanted is None:
        return False
    levels = _by_doubt(wanted.among(scene.objects), phrasing)
    sure = [each for level, found in levels.items() if level < Doubt.DOUBTFUL for each in found]
    return bool(sure) and (
        question.kind is not QuestionKind.COLOUR or all(each.colour is not None for each in sure)
    )


def _by_doubt(found: Sequence[DetectedObject], phrasing: Phrasing) -> dict[Doubt, list[DetectedObject]]:
    """The surest first. What is doubtful counts only where there is nothing else."""
    levels: dict[Doubt, list[DetectedObject]] = {}
    for each in found:
        if each.name in THINGS and (level := doubt_of(each, phrasing)) is not None:
            levels.setdefault(level, []).append(each)
    if len(levels) > 1:
        levels.pop(Doubt.DOUBTFUL, None)
    return dict(sorted(levels.items()))


def _located(objects: Sequence[DetectedObject], phrasing: Phrasing, grammar: Grammar, more: bool) -> str:
    """Things with their numbers and places: "a door ahead"."""
    placed = _groups(objects, phrasing, more)
    said = grammar.things(placed)
    if any(each.box is None for each in objects) and phrasing.directions is not Directions.NONE:
        return grammar.text(message("ask.somewhere", things=said))
    return said


def _counted(objects: Sequence[DetectedObject], phrasing: Phrasing, grammar: Grammar, more: bool) -> str:
    """How many, and where: "three people: two people on the left, a person ahead"."""
    name, number = objects[0].name, len(objects)
    if any(each.name != name for each in objects) or number == 1 or not THINGS[name].counted:
        return grammar.things(_groups(objects, phrasing, more))
    total = Group(name, min(number, _MOST_COUNTED), (), Doubt.PLAIN, rank_of(name), more)
    spots = in_order(each.box.direction for each in objects if each.box)
    if phrasing.directions is not Directions.THIRDS:
        return (
            grammar.things(_groups(objects, phrasing, more)) if number <= _EXACT else _least(total, grammar)
        )
    if len(spots) < 2:
        total = replace(total, where=spots)
        return grammar.things([total]) if number <= _EXACT else _least(total, grammar)
    each_side = [
        replace(group, more=False)
        for spot in spots
        for group in _groups(
            [each for each in objects if each.box and each.box.direction is spot], phrasing, False
        )
    ]
    said = grammar.things([total]) if number <= _EXACT else _least(total, grammar)
    return f"{said}: {grammar.things(each_side)}"


def _least(total: Group, grammar: Grammar) -> str:
    return grammar.text(message("ask.at_least", things=grammar.things([total])))


def _coloured(objects: Sequence[DetectedObject], phrasing: Phrasing, grammar: Grammar, more: bool) -> str:
    """Each with its colour, from left to right: "a car on the left: red"."""
    boxed = [each for each in objects if each.box is not None][:_MOST_COLOURS] or list(objects[:1])
    in_sight = sorted(boxed, key=lambda each: each.box.left if each.box else 0.0)
    said: list[str] = []
    for each in in_sight:
        colour: Message = message("ask.no_colour") if each.colour is None else colour_text(each.colour)
        things = grammar.things(_groups([each], phrasing, more or bool(said)))
        said.append(f"{things}: {grammar.text(colour)}")
    return "; ".join(said)


def _groups(objects: Sequence[DetectedObject], phrasing: Phrasing, more: bool) -> list[Group]:
    """Things that are said, however sure they are.

    Args:
        objects: Of one degree of doubt.
        phrasing: How they are said.
        more: Whether others were said before.
    """
    said = replace(phrasing, style=Style.HEDGED, object_plain=0.0)
    found = groups(Scene(0.0, objects=tuple(objects)), said)
    return [replace(group, more=group.more or more) for group in found]


def _unseen(wanted: Target, presence: float, limits: FindingLimits, grammar: Grammar) -> Message:
    """That people, vehicles and what one stumbles over are not seen is never said: it would sound as if one
    could go."""
    things = called(wanted.name, grammar)
    unseen = message("find.unseen", things=things)
    is_risky = bool(with_kinds(wanted.name) & (MOVING | UNDERFOOT)) or grammar.is_unfit(grammar.text(unseen))
    return message("find.unsure", things=things) if is_risky or presence >= limits.absent else unseen
