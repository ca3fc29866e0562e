"""Several speech engines, of which the first that makes a sound is used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from earsight.voice.sound import Sound, VoiceError
from earsight.voice.synthesizer import Synthesizer

_log = logging.getLogger(__name__)


class FirstThatSpeaks:
    """Tries its engines in order until one has spoken, and keeps that one.

    That a program is installed says little: Debian's `piper`, for one, configures gaming mice.

    Attributes:
        passed_over: What was wrong with the engines before the one in use.
    """

    def __init__(self, engines: Sequence[Callable[[], Synthesizer]]) -> None:
        """Args:
        engines: How to make each engine, best first. The last is used in any case.
        """
        self._untried = list(engines)
        self._engine: Synthesizer | None = None
        self._has_spoken = False
        self.passed_over: list[VoiceError] = []

    @property
    def name(self) -> str:
        return self._engine.name if self._engine is not None else "auto"

    async def synthesize(self, text: str, rate: int) -> Sound:
        while True:
            try:
                if self._engine is None:
                    self._engine = self._untried.pop(0)()
                sound = await self._engine.synthesize(text, rate)
            except VoiceError as error:
                if self._has_spoken or not self._untried:
                    raise
                _log.warning("%s; another speech engine is used", error)
                self.passed_over.append(error)
                await self.close()
            else:
                self._has_spoken = True
                return sound

    async def close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
