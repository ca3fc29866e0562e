"""The contract of a sound output: sound to the ear (or to a file), nothing synthesized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from earsight.voice.sound import Sound


class Player(Protocol):
    """Plays sounds, one at a time."""

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """Play to the end. Cancelling stops the sound within one buffer.

        Args:
            sound: What to play.
            started: Called once, with the seconds of time.monotonic() at which the first sample went out.

        Raises:
            VoiceError: The device is missing, or goes away while it plays.
        """

    async def close(self) -> None:
        """Give the device back; a file player finishes its file."""
