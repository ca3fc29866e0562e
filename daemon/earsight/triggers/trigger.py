"""The contract of what makes Earsight look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from earsight.errors import EarsightError


class TriggerError(EarsightError):
    """A button, keyboard or socket that can't be used."""


class Gesture(StrEnum):
    """TOUCH comes at once when a button goes down, before it is known which of the others it becomes:
    the earcon sounds and the look begins. Sources that know the gesture at once send no TOUCH."""

    TOUCH = "touch"
    SHORT = "short"
    DOUBLE = "double"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Press:
    """gesture, and the time.monotonic() of the physical press that began it."""

    gesture: Gesture
    at: float


PressSink = Callable[[Press], object]
"""Takes presses; only ever called on the event loop's thread, and never blocks."""


Listening = Callable[[], object]
"""Called once a trigger has its device and hears presses."""


class Trigger(Protocol):
    async def run(self, press: PressSink, listening: Listening = lambda: None) -> None:
        """Pass on presses until cancelled. Raises TriggerError when the device can't be had."""
