"""Engines and outputs that fail, hang, go away and come back: what is tried again, and for how long.

Whatever an engine or an output raises leaves this module as a VoiceError: to everybody else a voice works or
it doesn't, and a fault in one of them never ends the service.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from earsight.system import time_limits
from earsight.voice.player import Player
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.synthesizer import Synthesizer

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def only_voice_errors(part: str) -> Iterator[None]:
    """Turn any error into a VoiceError, and log it if it was none.

    Args:
        part: What runs in the block, as its user knows it.
    """
    try:
        yield
    except VoiceError:
        raise
    except Exception as error:
        _log.exception("%s failed unexpectedly", part)
        raise VoiceError(f"{part} failed unexpectedly ({type(error).__name__}: {error})") from error


class _Failures:
    """Tells a failure that is new from one that goes on."""

    def __init__(self) -> None:
        self._newest: str | None = None

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Mark the VoiceError that leaves the block; without one, the next failure is a new one."""
        try:
            yield
        except VoiceError as error:
            error.repeated = str(error) == self._newest
            self._newest = str(error)
            raise
        self._newest = None


class RetryingSynthesizer:
    """A speech engine that gets every text twice if it fails."""

    def __init__(self, synthesizer: Synthesizer, limit: float, stuck_after: float) -> None:
        """Args:
        synthesizer: Closed with this.
        limit: Seconds for one text.
        stuck_after: Seconds of work on an unfinished text from which the engine counts as stuck. A text that
            is cancelled counts only from twice the engine's longest time so far: an engine may be slow, above
            all with its first text.
        """
        self._synthesizer = synthesizer
        self._limit = limit
        self._stuck_after = stuck_after
        self._times_stuck = 0
        self._longest: float | None = None
        self._failures = _Failures()

    @property
    def hung(self) -> bool:
        """Whether it was stuck on the last two texts, so that only a new process may help."""
        return self._times_stuck >= 2

    async def synthesize(self, text: str, rate: int, is_stale: Callable[[], bool]) -> Sound:
        """Make the sound of a text.

        Args:
            text: One or more sentences.
            rate: Words per minute.
            is_stale: Asked before the second attempt, which is left out if nobody needs the text any more.

        Raises:
            VoiceError: Both attempts failed.
        """
        with self._failures.noted():
            try:
                return await self._attempt(text, rate)
            except VoiceError:
                if is_stale():
                    raise
            return await self._attempt(text, rate)

    async def close(self) -> None:
        """Raises: VoiceError."""
        with only_voice_errors("the speech engine (voice.engine)"):
            await self._synthesizer.close()

    async def _attempt(self, text: str, rate: int) -> Sound:
        began = time.monotonic()
        engine = "the speech engine (voice.engine)"
        late = f"{engine} did not finish within {self._limit:g} s"
        try:
            with only_voice_errors(engine):
                sound = await _bounded(self._synthesizer.synthesize(text, rate), self._limit, late)
        except asyncio.CancelledError:  # a newer press: nobody waits for a hung engine to the end
            if time.monotonic() - began >= self._patience():
                self._times_stuck += 1
            raise
        except VoiceError:
            if time.monotonic() - began >= self._stuck_after:
                self._times_stuck += 1
            raise
        self._times_stuck = 0
        self._longest = max(self._longest or 0.0, time.monotonic() - began)
        return sound

    def _patience(self) -> float:
        if self._longest is None:
            return self._limit
        return max(self._stuck_after, 2 * self._longest)


class RetryingPlayer:
    """A sound output that may come back while a sound waits for it.

    Attributes:
        silent: Why the newest sound could not be played; None while sound works.
    """

    def __init__(self, player: Player, limit: float, replay_for: float) -> None:
        """Args:
        player: Closed with this.
        limit: Seconds that a sound may take beyond its length.
        replay_for: Seconds for which a sound that fails is played again, each time from its beginning.
        """
        self._player = player
        self._limit = limit
        self._replay_for = replay_for
        self.silent: str | None = None
        self._failures = _Failures()

    async def play(self, sound: Sound, started: Callable[[float], None], expires_at: float) -> None:
        """Play to the end.

        Args:
            sound: What to play.
            started: See Player.play(); called once for each attempt that began to sound.
            expires_at: Seconds on time.monotonic() from which it does not begin again.

        Raises:
            VoiceError: All attempts failed.
        """
        with self._failures.noted():
            await self._play(sound, started, expires_at)

    async def _play(self, sound: Sound, started: Callable[[float], None], expires_at: float) -> None:
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
            await asyncio.sleep(time_limits.REPLAY_PAUSE)

    async def close(self) -> None:
        """Raises: VoiceError."""
        with only_voice_errors("the sound output (voice.player)"):
            await self._player.close()

    async def _attempt(self, sound: Sound, started: Callable[[float], None]) -> None:
        output = "the sound output (voice.player)"
        limit = sound.seconds + self._limit
        late = f"{output} did not finish {sound.seconds:.1f} s of sound in {limit:.1f} s"
        with only_voice_errors(output):
            await _bounded(self._player.play(sound, started), limit, late)


async def _bounded(work: Awaitable[_T], limit: float, late: str) -> _T:
    try:
        async with asyncio.timeout(limit):
            return await work
    except TimeoutError:
        raise VoiceError(late) from None
