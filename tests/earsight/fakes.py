"""Voices that fail and hang on demand; what ships (WavPlayer, the replay camera) does neither."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from enum import Enum
from itertools import repeat

import numpy as np

from earsight.voice.sound import Sound, VoiceError


class Fault(Enum):
    NONE = "none"
    FAILS = "fails"
    HANGS = "hangs"


class _Faulty:
    """Goes through `faults`, one a call, and then works."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = iter(faults)
        self.calls = 0
        self.closed = False

    def mend(self) -> None:
        """From now on it works."""
        self._faults = iter(())

    def fail(self) -> None:
        """From now on it fails."""
        self._faults = repeat(Fault.FAILS)

    async def close(self) -> None:
        self.closed = True

    async def _suffer(self) -> None:
        self.calls += 1
        fault = next(self._faults, Fault.NONE)
        if fault is Fault.FAILS:
            raise VoiceError("injected failure")
        if fault is Fault.HANGS:
            await asyncio.sleep(3600)


class ToneSynthesizer(_Faulty):
    """A tone of 50 ms for each character, after `delay` seconds. rates: of all texts so far."""

    name = "tone"

    def __init__(self, faults: Iterable[Fault] = (), delay: float = 0.0) -> None:
        super().__init__(faults)
        self._delay = delay
        self.begun = 0
        self.rates: list[int] = []

    async def synthesize(self, text: str, rate: int) -> Sound:
        self.begun += 1
        self.rates.append(rate)
        await asyncio.sleep(self._delay)
        await self._suffer()
        samples = 8000 * np.sin(2 * np.pi * 440 * np.arange(1102 * len(text)) / 22050)
        return Sound(samples.astype(np.int16), 22050)


class FastPlayer(_Faulty):
    """Plays `speed` times as fast as it would sound, and refuses to play two sounds at once.

    cut_off: how many sounds were cancelled.
    """

    def __init__(self, faults: Iterable[Fault] = (), speed: float = 50.0) -> None:
        super().__init__(faults)
        self._speed = speed
        self._playing = False
        self.cut_off = 0

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        assert not self._playing, "two sounds at once"
        self._playing = True
        try:
            await self._suffer()
            started(time.monotonic())
            await asyncio.sleep(sound.seconds / self._speed)
        except asyncio.CancelledError:
            self.cut_off += 1
            raise
        finally:
            self._playing = False


class SoundCard:
    """For one sound at a time, whichever voice plays it.

    most: how many have sounded at once. players: all of them so far.
    """

    def __init__(self) -> None:
        self.sounding = self.most = 0
        self.players: list[FastPlayer] = []

    def player(self, faults: Iterable[Fault] = (), speed: float = 50.0) -> FastPlayer:
        self.players.append(_CardPlayer(self, faults, speed))
        return self.players[-1]


class _CardPlayer(FastPlayer):
    def __init__(self, card: SoundCard, faults: Iterable[Fault], speed: float) -> None:
        super().__init__(faults, speed)
        self._card = card

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        self._card.sounding += 1
        self._card.most = max(self._card.most, self._card.sounding)
        try:
            await super().play(sound, started)
        finally:
            self._card.sounding -= 1
