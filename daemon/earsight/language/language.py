"""The contract of a language: scenes and messages to words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from earsight.message import Message, message
from earsight.scene import Problem, Scene

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


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How sure something has to be before it is said, and how.

    Attributes:
        plain: Confidence, 0..1, from which a caption is said as it is.
        probably: Confidence from which it is said as probable.
        maybe: Confidence from which it is said as doubtful; below, it is not said.
        likely: Probability from which the careful style says a thing.
        style: What is done about doubt.
    """

    plain: float
    probably: float
    maybe: float
    likely: float = 0.8
    style: Style = Style.HEDGED


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


class Language(Protocol):
    """Everything that is said is put into words by one of these.

    Attributes:
        code: As the setting `language` names it, such as "en".
    """

    code: str

    def text(self, message: Message) -> str:
        """Put a message into words."""

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        """Put a scene into words: short, or with more detail."""

    def promises_safety(self, text: str) -> bool:
        """Whether a text in this language says that a way is clear, or might; see docs/architecture.md."""
