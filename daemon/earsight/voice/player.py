"""The contract of a sound output: sound to the ear (or to a file), nothing synthesized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from earsight.voice.sound import Sound


class Player(Protocol):
    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """Play to the end; cancelling the task stops the sound within one buffer.

        started is called once, with the time.monotonic() at which the first sample went out. Raises
        VoiceError when the device is missing or goes away while it plays.
        """

    async def close(self) -> None:
        """Give the device back; a file player finishes its file."""
