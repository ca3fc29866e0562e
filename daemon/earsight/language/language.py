"""The contract of a language: scenes and messages to words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from earsight.language.grammar import Grammar
from earsight.language.groups import Changes
from earsight.message import message
from earsight.scene import Problem, Scene
from earsight_bundle import thresholds

CANT_TELL = message("description.none")
NO_MORE = message("description.no_more")
PROBLEMS = {
    Problem.DARK: message("problem.dark"),
    Problem.COVERED: message("problem.covered"),
    Problem.PLAIN: message("problem.plain"),
    Problem.OVEREXPOSED: message("problem.overexposed"),
    Problem.BLURRED: message("problem.blurred"),
}


class Style(StrEnum):
    """What is done about doubt.

    HEDGED: the caption is said, with the doubt before it. CAREFUL: what is not likely is left out.
    """

    HEDGED = "hedged"
    CAREFUL = "careful"


class Directions(StrEnum):
    """How the direction of a thing is said.

    THIRDS: on the left, ahead, on the right. CLOCK: from 10 o'clock at the left edge of the picture to 2
    o'clock at the right one. NONE: not at all.
    """

    THIRDS = "thirds"
    CLOCK = "clock"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How sure something has to be before it is said, and how. Confidences and probabilities are 0..1.

    Attributes:
        plain: Confidence from which a caption is said as it is.
        probably: Confidence from which it is said as probable.
        maybe: Confidence from which it is said as doubtful; below, it is not said.
        likely: Probability from which the careful style says a thing.
        style: What is done about doubt.
        object_plain: Probability from which a thing that a detector found is said as it is.
        object_probably: Probability from which it is said as probable.
        walking: Probability from which what matters most to someone walking is said: as doubtful, and from
            `probably` on as probable.
        object_maybe: Probability from which it is said as doubtful, if more detail was asked for.
        place: Probability from which the place and the ground are said.
        caption: Confidence from which a caption is said beside what a detector found.
        presence: Presence of persons, animals and vehicles from which a caption that names them is said
            without doubt, as far as its confidence goes. Below object_probably no
            people, and below thresholds.LEAST_PRESENCE no others are named by captions.
        directions: How the direction of a thing is said.
        words: Words of a short description at most.
    """

    plain: float
    probably: float
    maybe: float
    likely: float = thresholds.LIKELY_ABOVE
    style: Style = Style.HEDGED
    object_plain: float = thresholds.OBJECT_PLAIN_ABOVE
    object_probably: float = thresholds.OBJECTS_ABOVE
    walking: float = thresholds.WALKING_ABOVE
    object_maybe: float = thresholds.OBJECT_MAYBE_ABOVE
    place: float = thresholds.PLACE_ABOVE
    caption: float = thresholds.CAPTION_ABOVE
    presence: float = thresholds.PRESENCE_ABOVE
    directions: Directions = Directions.THIRDS
    words: int = thresholds.SHORT_WORDS


@dataclass(frozen=True, slots=True)
class Description:
    """A scene in words.

    Attributes:
        text: One or more sentences.
        abstained: Whether the text only says that, or why, nothing can be said of the scene.
    """

    text: str
    abstained: bool


def capitalized(text: str) -> str:
    """The text with a capital at its beginning, and otherwise as it is."""
    return f"{text[:1].upper()}{text[1:]}"


class Language(Grammar, Protocol):
    """Everything that is said is put into words by one of these, which is its own grammar."""

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        """Put a scene into words: short, or with more detail."""

    def changes(self, changes: Changes, words: int) -> tuple[str, Changes]:
        """Put into so many words at most what has changed; "" where there is nothing to say.

        Returns:
            The words, and which of the changes they tell.
        """

    def read_aloud(self, text: str) -> str:
        """Put printed text in this language into the words that people read: "07:30", "Rp 25.000", "PUSH"."""

    def spelled(self, text: str, *, exact: bool = False) -> str:
        """Name each letter, digit and sign of a text.

        Args:
            text: Verbatim.
            exact: Whether every capital is told apart, not only those among small letters.
        """

    def promises_safety(self, text: str) -> bool:
        """Whether a text in this language says that a way is clear, or might; see docs/architecture.md."""
