"""The contract of actions: what a handler is given, and what it answers.

A handler is an async function that takes a Turn and returns a Reply. It fails by raising: the wearer hears
EarsightError.spoken. It is cancelled when the wearer asks for something else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from earsight.interaction.bindings import Bindings
from earsight.interaction.heard import Heard, SceneReport
from earsight.interaction.notices import Notices
from earsight.interaction.preferences import Preferences
from earsight.language.language import Language, Phrasing
from earsight.message import Message
from earsight.scene import Scene
from earsight.triggers.trigger import Gesture


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of the wearer, and what may be used to answer it.

    Attributes:
        source: The input that it came from, such as "button".
        look: Gives the scene in front of the camera. For an action that looks, the look began with the press.
            It raises what LookWorker.look() raises, and TimeoutError.
        language: What puts scenes and messages into words.
        phrasing: How sure a scene has to be to be said, and how.
        bindings: What gestures mean.
        heard: What the wearer has heard of the surroundings.
        preferences: The settings that the wearer can change.
        notices: What is wrong at the moment.
    """

    source: str
    look: Callable[[], Awaitable[Scene]]
    language: Language
    phrasing: Phrasing
    bindings: Bindings
    heard: Heard
    preferences: Preferences
    notices: Notices


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers.

    Attributes:
        words: What is said, in this order: messages, and text that a language has made. Nothing is said if
            there are none.
        report: The scene that the words describe, if they describe one.
        dialogue: What presses mean from now on, until they have led somewhere or nobody presses any more;
            None: what they are bound to.
        then: Done once the words were said, or could not be; its reply is said too.
    """

    words: tuple[Message | str, ...] = ()
    report: SceneReport | None = None
    dialogue: Dialogue | None = None
    then: Callable[[], Awaitable[Reply]] | None = None


Handler = Callable[[Turn], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Perform:
    """A dialogue's way of asking for an action.

    Attributes:
        action: Its name. One that changes a setting leaves the dialogue open.
    """

    action: str


class Dialogue(Protocol):
    """A question to the wearer, or a choice, which presses answer."""

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """Take a press. A reply without a dialogue ends this one."""

    def expire(self) -> Reply:
        """Nobody has pressed for some seconds: what is said at the end."""
