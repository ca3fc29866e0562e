"""From a press to the tone and to the first sound of words, inside a running service.

The press is a software press: what contacts, the kernel and the debouncing add before it is not in it. The
sounds are those at which the player took the first sample.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from earsight.config.schema import Config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.earcons import Earcon
from earsight.voice.speaker import SPEECH


@dataclass
class Presses:
    """What came of presses.

    Attributes:
        tone: Seconds from each press to its tone.
        words: Seconds from each press to the first sound of its words.
        ends: How each has ended.
    """

    tone: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    ends: list[PressEnd] = field(default_factory=list)


class PressedService:
    """The running service, with what sounds after each press."""

    def __init__(self, config: Config) -> None:
        """Args:
        config: The settings, with tones.
        """
        self.sounds: list[tuple[str, float]] = []
        self.speaking = asyncio.Event()
        self._ready = asyncio.Event()
        self._service = Service(config, Options(build=Builders(on_sound=self._heard)))

    def _heard(self, kind: str, _: str | None, at: float) -> None:
        self.sounds.append((kind, at))
        self._ready.set()  # by the tone that says so
        if kind == SPEECH:
            self.speaking.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the service for the length of the block, which begins a second after it is ready.

        Raises:
            EarsightError: It can't be started.
            TimeoutError: It does not get ready.
        """
        running = asyncio.create_task(self._service.run())
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait(
                {running, ready}, timeout=time_limits.BENCH_READY, return_when=asyncio.FIRST_COMPLETED
            )
            if running.done():
                running.result()
            if not ready.done():
                raise TimeoutError(f"the service was not ready within {time_limits.BENCH_READY:g} s")
            await asyncio.sleep(time_limits.BENCH_SETTLED)
            yield
        finally:
            ready.cancel()
            if not running.done():
                self._service.stop()
                await running

    def press(self) -> tuple[float, asyncio.Future[PressEnd]]:
        """Press, and forget what has sounded before.

        Returns:
            When it was pressed, in seconds on time.monotonic(), and how it ends.
        """
        self.sounds.clear()
        pressed = time.monotonic()
        end = self._service.press(Press(Gesture.SHORT, pressed))
        assert end is not None
        return pressed, end


async def answered(service: PressedService, presses: int) -> Presses:
    """Press, wait for the end of the answer, and press again. A first press is left out.

    Args:
        service: Running.
        presses: How many are measured.
    """
    found = Presses()
    for number in range(presses + 1):
        pressed, end = service.press()
        ended = await asyncio.wait_for(end, time_limits.BENCH_ANSWER)
        if number:
            found.ends.append(ended)
            found.tone += [at - pressed for kind, at in service.sounds if kind == Earcon.LOOK]
            found.words += [at - pressed for kind, at in service.sounds if kind == SPEECH][:1]
        await asyncio.sleep(time_limits.BENCH_PAUSE)
    return found
