"""What a device, or a plain detector, answers to a labelled photo, and how that compares with the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from earsight_training.data.labels import LabelBox, PhotoLabels
from earsight_training.scoring.spoken_things import SpokenThing, spoken_things


@dataclass(frozen=True)
class Detection:
    """An object that a detector found.

    Attributes:
        name: Of its class.
        confidence: 0..1.
        box: Where it is; None if it is only known that the photo shows one.
    """

    name: str
    confidence: float
    box: LabelBox | None


@dataclass(frozen=True)
class Answer:
    """What was said of a photo, and found in it.

    Attributes:
        photo: With its labels.
        said: As it was said; for a plain detector, its classes.
        things: That it names.
        detections: The objects that were found.
        candidates: These, and what was less likely than the threshold, as far down as it is known.
        presence: By class, the probability that the photo shows any of it; empty where none was given.
    """

    photo: PhotoLabels
    said: str
    things: Sequence[SpokenThing]
    detections: Sequence[Detection]
    candidates: Sequence[Detection] = ()
    presence: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def named(self) -> frozenset[str]:
        """The classes that are named, and judged: of words for several, those that are there."""
        found: set[str] = set()
        for thing in self.things:
            if not thing.is_kind:
                found |= thing.classes if len(thing.classes) == 1 else thing.classes & self.photo.present
        return frozenset(found & self.photo.judged)

    @cached_property
    def right(self) -> frozenset[str]:
        """The classes that are named and there."""
        return self.named & self.photo.present

    @cached_property
    def missed(self) -> frozenset[str]:
        """The classes that are there and not named."""
        return self.photo.present - self.named

    @cached_property
    def wrong(self) -> tuple[SpokenThing, ...]:
        """What is named and not there: nothing that the words may stand for is, and all of it is judged."""
        return tuple(
            thing
            for thing in self.things
            if thing.classes <= self.photo.judged and not thing.classes & self.photo.present
        )

    @cached_property
    def directions(self) -> tuple[tuple[str, str, bool], ...]:
        """What is said of things that are there: the class, a direction, whether one is there."""
        return tuple(
            (name, direction, direction in self.photo.directions[name])
            for thing in self.things
            for name in thing.classes & self.photo.directions.keys()
            for direction in sorted(thing.directions)
        )


def described(photo: PhotoLabels, row: Mapping[str, Any], language: str) -> Answer:
    """Make the answer of a device.

    Args:
        photo: That was described.
        row: What `earsight describe --json --evidence` printed of it.
        language: That it was described in.
    """
    things = spoken_things(row["said"], language)
    presence = {name: float(each["probability"]) for name, each in row.get("presence", {}).items()}
    candidates = _detections(row.get("detections", ()))
    return Answer(photo, row["said"], things, _detections(row.get("objects", ())), candidates, presence)


def _detections(found: Iterable[Mapping[str, Any]]) -> list[Detection]:
    return [
        Detection(each["name"], float(each["confidence"]), each["box"] and LabelBox(*each["box"]))
        for each in found
    ]


def listed(photo: PhotoLabels, detections: Sequence[Detection], above: float) -> Answer:
    """Make the answer of a plain detector: the classes that it finds.

    Args:
        photo: That it looked at.
        detections: All that it found.
        above: Least confidence of what counts.
    """
    kept = sorted(
        (each for each in detections if each.confidence >= above), key=lambda each: -each.confidence
    )
    directions: dict[str, set[str]] = {}
    for each in kept:
        where = directions.setdefault(each.name, set())
        if each.box is not None:
            where.add(each.box.direction)
    things = [
        SpokenThing(name, frozenset([name]), directions=frozenset(thirds))
        for name, thirds in directions.items()
    ]
    return Answer(photo, ", ".join(directions), things, kept, detections)
