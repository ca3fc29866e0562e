"""Listens for one command: from the microphone to what was heard."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

from earsight.listening.grammar import Command, Grammar
from earsight.listening.hearing import Hearing
from earsight.listening.microphone import FRAME_SAMPLES, RATE, Microphone
from earsight.listening.recogniser import Event, Recogniser, RecogniserError
from earsight.system import time_limits

_FRAME = FRAME_SAMPLES / RATE
"""Seconds."""


class Listener:
    """A microphone, and what recognises commands.

    Attributes:
        has_listened: Whether anybody has used it yet.
    """

    def __init__(self, microphone: Microphone, grammar: Grammar, longest: float = 8.0) -> None:
        """Args:
        microphone: Open only while somebody listens.
        grammar: The sentences that are commands.
        longest: Seconds that a command may take.
        """
        self._microphone, self._grammar, self._longest = microphone, grammar, longest
        self._recogniser = Recogniser(grammar)
        self._speaks = self._released = self._is_over = False
        self._listening = asyncio.Lock()
        self.has_listened = False

    async def listen(
        self, ready: Callable[[], Awaitable[object]], over: Callable[[], Awaitable[object]]
    ) -> Hearing:
        """Listen for one command. Cancelling gives the microphone back.

        Args:
            ready: Tells the wearer to speak: awaited when the microphone records. What is heard meanwhile
                does not count.
            over: Tells the wearer that nothing more is heard: awaited after a command, or when it is late.

        Returns:
            What was heard.

        Raises:
            MicrophoneError: The microphone is missing, busy or hangs, or goes away.
            RecogniserError: Commands can't be recognised.
        """
        async with self._listening:  # a command that was called off gives microphone and process back first
            self._speaks = self._released = self._is_over = False
            self.has_listened = True
            try:
                await self._recogniser.begin()
                async with contextlib.aclosing(self._microphone.record()) as frames:
                    await anext(frames)
                    opened = time.monotonic()
                    await ready()
                    for _ in range(round((time.monotonic() - opened) / _FRAME)):
                        await anext(frames)
                    heard = await self._heard(frames, over)
            except BaseException:  # also when cancelled: what it is at is of no use any more
                await self._recogniser.close()
                raise
            self._recogniser.rest()
            return heard

    def command(self, hearing: Hearing) -> Command | None:
        """What a sentence asks for; None for nothing."""
        return self._grammar.command(hearing.text)

    def release(self) -> None:
        """The wearer has let the button go: that is the end if he has spoken, and otherwise means nothing."""
        self._released = self._speaks

    async def close(self) -> None:
        """Leave no process behind."""
        await self._recogniser.close()

    async def _heard(self, frames: AsyncGenerator[bytes], over: Callable[[], Awaitable[object]]) -> Hearing:
        answers = asyncio.create_task(self._answers(over), name="recogniser")
        try:
            left = round(self._longest / _FRAME)
            silent = round((self._longest - time_limits.SPEECH_AWAITED) / _FRAME)
            while not answers.done() and not self._is_over and left > 0 and (self._speaks or left > silent):
                frame = await anext(frames)
                async with asyncio.timeout(time_limits.RECOGNISING):  # one that hangs takes no more
                    await self._recogniser.hear(frame)
                left -= 1
                if self._released:  # the last word may not be over
                    left = min(left, round(time_limits.SPEECH_AFTER_RELEASE / _FRAME))
            await frames.aclose()
            async with asyncio.timeout(time_limits.RECOGNISING):
                await self._recogniser.end()
                return await answers
        except TimeoutError:
            raise RecogniserError(
                f"the recogniser did not finish within {time_limits.RECOGNISING:g} s and was stopped"
            ) from None
        finally:
            answers.cancel()
            await asyncio.wait([answers])

    async def _answers(self, over: Callable[[], Awaitable[object]]) -> Hearing:
        while True:
            told = await self._recogniser.answer()
            if isinstance(told, Hearing):
                return told
            if told is Event.SPEECH:
                self._speaks = True
            elif told is Event.OVER:
                self._is_over = True
                await over()
