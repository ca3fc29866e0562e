"""The contract of a speech engine: text to sound, nothing played."""

from __future__ import annotations

from typing import Protocol

from earsight.voice.sound import Sound


class Synthesizer(Protocol):
    """Makes speech.

    Attributes:
        name: Of the engine, as the setting voice.engine has it.
    """

    @property
    def name(self) -> str: ...

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Make the sound of a text. Cancelling ends the engine's child process at once.

        Args:
            text: One or more sentences.
            rate: Words per minute, 80..450.

        Raises:
            VoiceError: The engine can't.
        """

    async def close(self) -> None:
        """Leave no process behind."""
