"""Making and playing sound with engines and devices that fail, hang, go away and come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from earsight.system import time_limits
from earsight.voice.player import Player
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.synthesizer import Synthesizer

_T = TypeVar("_T")


class Synthesis:
    """A speech engine that is asked twice. limit: seconds for one text. stuck_after: seconds that it must
    have worked on a text that it does not finish to count as stuck. What is called off before its end counts
    only from twice the longest that it has needed so far: an engine may be slow, above all with its first
    text. retried: called before the second try."""

    def __init__(
        self, engine: Synthesizer, limit: float, stuck_after: float, retried: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._limit = limit
        self._stuck_after = stuck_after
        self._retried = retried
        self._stuck = 0
        self._longest: float | None = None

    @property
    def hung(self) -> bool:
        """Whether it was stuck on the last two texts, so that only a new process may help."""
        return self._stuck >= 2

    async def make(self, text: str, stale: Callable[[], bool]) -> Sound:
        """Raises VoiceError, at once where the text has become stale."""
        try:
            return await self._attempt(text)
        except VoiceError:
            if stale():
                raise
        self._retried()
        return await self._attempt(text)

    async def close(self) -> None:
        await self._engine.close()

    async def _attempt(self, text: str) -> Sound:
        began = time.monotonic()
        late = f"the speech engine (voice.engine) did not finish within {self._limit:g} s"
        try:
            sound = await _bounded(self._engine.synthesize(text), self._limit, late)
        except asyncio.CancelledError:  # a newer press: nobody waits for a hung engine to the end
            if time.monotonic() - began >= self._patience():
                self._stuck += 1
            raise
        except Exception:
            if time.monotonic() - began >= self._stuck_after:
                self._stuck += 1
            raise
        self._stuck = 0
        self._longest = max(self._longest or 0.0, time.monotonic() - began)
        return sound

    def _patience(self) -> float:
        if self._longest is None:
            return self._limit
        return max(self._stuck_after, 2 * self._longest)


class Playback:
    """A sound output that may come back. limit: seconds that a sound may take beyond its length. replay_for:
    seconds for which one that fails is played again from its beginning. retried: called before each time."""

    def __init__(self, player: Player, limit: float, replay_for: float, retried: Callable[[], None]) -> None:
        self._player = player
        self._limit = limit
        self._replay_for = replay_for
        self._retried = retried
        self.silent: str | None = None
        """Why the newest sound could not be played; None while sound works."""

    async def play(self, sound: Sound, started: Callable[[float], None], expires_at: float) -> None:
        """Play to the end; expires_at: it does not begin again from then on. Raises VoiceError."""
        last_try = min(expires_at, time.monotonic() + self._replay_for) - time_limits.REPLAY_PAUSE
        while True:
            try:
                await self._attempt(sound, started)
            except VoiceError as error:
                self.silent = str(error)
                if time.monotonic() > last_try:
                    raise
            else:
                self.silent = None
                return
            self._retried()
            await asyncio.sleep(time_limits.REPLAY_PAUSE)

    async def close(self) -> None:
        await self._player.close()

    async def _attempt(self, sound: Sound, started: Callable[[float], None]) -> None:
        limit = sound.seconds + self._limit
        late = (
            f"the sound output (voice.player) did not finish {sound.seconds:.1f} s of sound in {limit:.1f} s"
        )
        await _bounded(self._player.play(sound, started), limit, late)


async def _bounded(work: Awaitable[_T], limit: float, late: str) -> _T:
    try:
        async with asyncio.timeout(limit):
            return await work
    except TimeoutError:
        raise VoiceError(late) from None
