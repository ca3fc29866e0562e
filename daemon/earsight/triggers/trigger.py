"""The contract of whatever a wearer presses: what happens at an input, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from earsight.errors import EarsightError
from earsight.message import message


class TriggerError(EarsightError):
    """A button, key, keyboard or socket that can't be used."""

    spoken = message("doctor.input.unusable")


class AbsentError(TriggerError):
    """A device that is not connected. It may be at any moment, so it is looked for often."""

    spoken = message("doctor.input.absent")


class AsleepError(AbsentError):
    """A Bluetooth device that has disconnected, as many do to save power: nothing to tell the wearer."""


class Gesture(StrEnum):
    """A way of pressing. Settings, the control socket and `earsight press` use these names."""

    SHORT = "short"
    DOUBLE = "double"
    TRIPLE = "triple"
    LONG = "long"
    VERY_LONG = "very_long"


@dataclass(frozen=True, slots=True)
class ButtonDown:
    """A button went down; nobody knows yet which gesture this becomes.

    It comes at once, so that the tone sounds and the look begins without delay. Its gesture follows as a
    Press with the same time, unless the device goes away first. Inputs that know the gesture at once, such as
    the control socket, send a Press only.

    Attributes:
        at: When it went down, in seconds of time.monotonic().
    """

    at: float


@dataclass(frozen=True, slots=True)
class Press:
    """A finished gesture.

    A long press that goes on becomes a VERY_LONG one with the same time; that one supersedes the LONG.

    Attributes:
        gesture: Which one.
        at: When the button first went down for it, in seconds of time.monotonic().
    """

    gesture: Gesture
    at: float


@dataclass(frozen=True, slots=True)
class ButtonUp:
    """A button that was held after its gesture was known has come up: whoever speaks meanwhile has spoken.

    Only inputs with a gesture for `listen` tell it.

    Attributes:
        at: When it first went down for its gesture, in seconds of time.monotonic().
    """

    at: float


InputEvent = ButtonDown | Press | ButtonUp

EventSink = Callable[[InputEvent], object]
"""Takes events; only ever called on the event loop's thread, and never blocks."""


Listening = Callable[[], object]
"""Called once a trigger has its device and hears presses."""


class Trigger(Protocol):
    """An input."""

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on events until cancelled.

        Raises:
            TriggerError: The device can't be had, or has gone.
        """
