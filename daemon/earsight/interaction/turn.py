"""The contract of actions: what a handler is given, and what it answers.

A handler is an async function that takes a Turn and returns a Reply, or has another action carried out by
returning a Perform. It fails by raising: the wearer hears EarsightError.spoken. It is cancelled when the
wearer asks for something else.

An action that goes on for a while, as finding does, returns at once a Reply whose dialogue presses end, and
whose `then` is the work: an async function that may look, speak and play by the Turn as often as it likes,
and returns the last words. A press cancels it, and is answered by the dialogue alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from earsight.interaction.bindings import Bindings
from earsight.interaction.context import Policy
from earsight.interaction.guidance import FindSettings
from earsight.interaction.heard import Heard, SceneReport
from earsight.interaction.notices import Notices
from earsight.interaction.preferences import Preferences
from earsight.language.language import Language, Phrasing
from earsight.language.utterance import Words
from earsight.listening.listener import Listener
from earsight.scene import Frame, Reading, ReadsOn, Scene
from earsight.triggers.trigger import Gesture
from earsight.vision.describer import LookRequest
from earsight.voice.sound import Sound
from earsight.voice.speech_queue import Outcome

_T = TypeVar("_T")


class Looks(Protocol):
    """Gives the scene in front of the camera."""

    def __call__(self, request: LookRequest | None = None) -> Awaitable[Scene]:
        """Look once.

        Args:
            request: What is needed of this look; its limits and its language are those of the settings,
                whatever it says. None: all that a description needs. For an action that looks, the first
                such look began with the press.

        Raises:
            TimeoutError: The look took longer than the settings allow.
            EarsightError: Anything else that LookWorker.look() raises.
        """


class Examines(Protocol):
    """Has other work done on a picture than looking."""

    def __call__(self, work: Callable[[Frame], _T], *, in_still: bool = False) -> Awaitable[_T]:
        """Do some work in the thread of the looks, on the sharpest of the newest frames.

        Args:
            work: Is given the frame. It should take no longer than a look.
            in_still: Whether it is given a still, which has more pixels, if the camera gives one.

        Returns:
            What `work` returns.

        Raises:
            TimeoutError: It took longer than a look may.
            EarsightError: There is no picture; and whatever `work` raises.
        """


class Says(Protocol):
    """Speaks in the midst of an action."""

    def __call__(self, *words: Words) -> Awaitable[Outcome]:
        """Say something now, with the priority of an answer, and wait until it was said.

        Not for an action that changes a setting: its reply is all that it may say.

        Returns:
            How it ended. A voice that fails is STALE: the wearer has heard a tone instead.
        """


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of the wearer, and what may be used to answer it.

    Attributes:
        source: The input that it came from, such as "button".
        argument: What it was asked for with, such as "door" of `earsight do find door`; None without. It
            has passed actions.plain_argument(), but not what ACTIONS names as its check: words that were
            spoken come here too.
        look: Gives the scene in front of the camera.
        examine: Has other work done on a picture.
        say: Speaks in the midst of the action.
        play: Plays a sound that is no speech, such as a tick, once nothing else sounds, and waits for its
            end. A sound that can't be played is logged.
        policy: Gives what of the settings holds now: an action that goes on for a while follows a reload.
        heard: What the wearer has heard of the surroundings.
        preferences: The settings that the wearer can change.
        notices: What is wrong at the moment.
        listener: Hears voice commands; None without a microphone.
    """

    source: str
    argument: str | None
    look: Looks
    examine: Examines
    read_on: Callable[[ReadsOn], Awaitable[Reading]]
    say: Says
    play: Callable[[Sound], Awaitable[None]]
    policy: Callable[[], Policy]
    heard: Heard
    preferences: Preferences
    notices: Notices
    listener: Listener | None = None

    @property
    def language(self) -> Language:
        """What puts scenes and messages into words."""
        return self.policy().language

    @property
    def phrasing(self) -> Phrasing:
        """How sure a scene has to be to be said, and how."""
        return self.policy().phrasing

    @property
    def finding(self) -> FindSettings:
        """How things are looked for."""
        return self.policy().finding

    @property
    def bindings(self) -> Bindings:
        """What gestures mean."""
        return self.policy().bindings

    @property
    def has_model(self) -> bool:
        """Whether there is a model that can be asked anything about a picture."""
        return self.policy().has_model


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers.

    Attributes:
        words: What is said, in this order: messages, text that a language has made, and at the end what is
            quoted. Nothing is said if there are none.
        report: The scene that the words describe, if they describe one.
        dialogue: What presses mean from now on, until they have led somewhere or nobody presses any more;
            None: what they are bound to.
        then: Done once the words were said, or could not be; its reply is said too. Beside a dialogue, it
            goes on while that is open: a press cancels it, and at its end the dialogue closes, unless its
            reply has that dialogue or another.
        is_private: Whether a log learns no more of the words than their length: they may tell what a letter
            says.
    """

    words: tuple[Words, ...] = ()
    report: SceneReport | None = None
    dialogue: Dialogue | None = None
    then: Callable[[], Awaitable[Reply]] | None = None
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Perform:
    """A way of asking for an action, for dialogues and handlers.

    Attributes:
        action: Its name. One that changes a setting leaves the dialogue open.
        argument: What it is asked for with.
    """

    action: str
    argument: str | None = None


Handler = Callable[[Turn], Awaitable[Reply | Perform]]


class Dialogue(Protocol):
    """A question to the wearer, or a choice, which presses answer."""

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """Take a press. A reply without a dialogue ends this one."""

    def expire(self) -> Reply:
        """Nobody has pressed for some seconds: what is said at the end."""
