"""Which caption may be said of a scene: nobody who is not there, no rival guess, nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from earsight.language.grammar import Grammar
from earsight.language.groups import Doubt, Group
from earsight.language.kindred import may_be_one
from earsight.language.language import Phrasing
from earsight.language.readers import named_in
from earsight.language.vocabulary import MOVING, THINGS, Mention, with_kinds
from earsight.scene import Caption, Scene
from earsight_bundle.thresholds import LEAST_PRESENCE


@dataclass(frozen=True, slots=True)
class Said:
    """A caption that may be said.

    Attributes:
        caption: With its text.
        doubt: How sure it is said to be.
        mentions: What it names, and what these are kinds of.
    """

    caption: Caption
    doubt: Doubt
    mentions: Mapping[str, Mention]

    def covers(self, group: Group) -> bool:
        """Whether the caption says of the group's things all but where they are."""
        return any(
            mention.number >= group.number
            for name, mention in self.mentions.items()
            if group.name == name or group.name in with_kinds(name)
        )

    def speaks_of(self, group: Group) -> bool:
        """Whether the caption and the group are about the same things, in whatever words."""
        kinds = {kind for kind in with_kinds(group.name) if not THINGS[kind].place or kind == group.name}
        return bool(kinds & self.mentions.keys())


def usable(captions: Iterable[Caption], least: float, grammar: Grammar) -> list[Caption]:
    """The captions that may be said at all, in their order.

    Args:
        captions: Best first.
        least: Confidence that they need.
        grammar: Of the language that is spoken; captions in another one are not spoken.
    """
    return [
        caption
        for caption in captions
        if caption.text
        and caption.language == grammar.code
        and caption.confidence >= least
        and not grammar.is_unfit(caption.text)
    ]


def certain(caption: Caption, scene: Scene, phrasing: Phrasing) -> Said | None:
    """The caption with its doubt; None if it names somebody who may not be there.

    A person has to be as probable as one who is said by himself: captioners like riders on parked
    motorcycles. Of animals and vehicles they know some that a detector misses.

    Args:
        caption: May be said.
        scene: Its presence decides; without one, only the caption's own confidence does.
        phrasing: How sure what is said has to be.
    """
    mentions = named_in(caption)
    seen = presences(mentions, scene)
    of_people = min(phrasing.object_probably, phrasing.presence)
    for name, each in seen.items():
        if each < (of_people if "person" in with_kinds(name) else LEAST_PRESENCE):
            return None
    level = Doubt.DOUBTFUL if caption.confidence < phrasing.probably else Doubt.PROBABLE
    sure = all(each >= phrasing.presence for name, each in seen.items() if name in MOVING)
    if caption.confidence >= phrasing.plain and sure:
        level = Doubt.PLAIN
    return Said(caption, level, mentions)


def presences(mentions: Iterable[str], scene: Scene) -> dict[str, float]:
    """How probable it is that there are any of the persons, animals and vehicles that are mentioned.

    Args:
        mentions: Names of the vocabulary.
        scene: What was seen.

    Returns:
        0..1, by the names of those that the detector knows, or of which it knows a kind.
    """
    seen: dict[str, float] = {}
    for name in mentions:
        if not with_kinds(name) & MOVING:
            continue
        members = [value for known, value in scene.presence.items() if _belongs(known, name)]
        if members:
            seen[name] = max(members)
    return seen


def beside(said: Said, groups: Sequence[Group], place: str | None, grammar: Grammar) -> bool:
    """Whether a caption may stand beside these groups: it adds something, and contradicts none of them.

    It contradicts where it names another thing that looks like one of theirs: a truck beside the car is most
    likely the car.

    Args:
        said: The caption.
        groups: What else is said.
        place: The place that is said, if there is one.
        grammar: Of the caption's language.
    """
    names = [name for name in said.mentions if _is_specific(name, said.mentions)]
    for name in names:
        if THINGS[name].place or any(_related(name, group.name) for group in groups):
            continue
        if "person" not in with_kinds(name) and any(may_be_one(name, group.name) for group in groups):
            return False
    known = [*(group.name for group in groups), *([place] if place else ())]
    return any(not _is_known(word, said, known) for word in grammar.content(said.caption.text))


def _is_known(word: str, said: Said, known: Sequence[str]) -> bool:
    """Whether a word of the caption names what is said anyway."""
    names = named_in(Caption(word, 1.0, 0.0, 0.0, language=said.caption.language))
    return any(_related(name, other) for name in names for other in known)


def _is_specific(name: str, mentions: Mapping[str, Mention]) -> bool:
    return not any(name in with_kinds(other) - {other} for other in mentions)


def _related(one: str, other: str) -> bool:
    return one in with_kinds(other) or other in with_kinds(one)


def _belongs(known: str, name: str) -> bool:
    return known in THINGS and name in with_kinds(known)
