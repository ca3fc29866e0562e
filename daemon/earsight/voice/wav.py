"""A WAV file instead of a loudspeaker: for machines without one, for recordings and for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from earsight.voice import riff
from earsight.voice.sound import Sound, VoiceError

RATE = 22050
"""Samples a second of every recording; other rates are resampled."""

_BLOCK = 441
"""Samples written at a time: 20 ms, as a sound card takes them."""


class WavPlayer:
    """Appends all that is played to one new WAV file, without the silence between.

    real_time: as long as the sound lasts, so that a cancelled play leaves what a listener would have heard;
    otherwise as fast as the disk. The file on disk is a valid WAV file at any moment, also after a crash.
    Raises VoiceError when the file can't be written.
    """

    def __init__(self, path: Path, real_time: bool = True) -> None:
        self._path = path
        self._real_time = real_time
        self._recorded = 0
        try:
            self._file = path.open("wb", buffering=0)
            self._write(0, riff.header(0, RATE))
        except OSError as error:
            raise self._failure(error) from error

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """Record to the end; cancelling ends the recording within 20 ms.

        started gets the moment before the first block is written. Raises VoiceError: full disk, file closed.
        """
        if self._file.closed:
            raise VoiceError(f"the recording {self._path} is closed")
        samples = resample(sound, RATE)
        begin = time.monotonic()
        started(begin)
        for at in range(0, len(samples), _BLOCK):
            if self._real_time:
                await asyncio.sleep(begin + at / RATE - time.monotonic())
            self._append(samples[at : at + _BLOCK])
        await asyncio.sleep(begin + len(samples) / RATE - time.monotonic() if self._real_time else 0)

    async def close(self) -> None:
        self._file.close()

    def _append(self, block: np.ndarray) -> None:
        if self._recorded + len(block) > riff.MAX_SAMPLES:
            raise VoiceError(f"the recording {self._path} is full: a WAV file holds 27 hours")
        try:
            # The samples before the header that counts them: a reader never sees a count without samples.
            self._write(riff.HEADER_BYTES + 2 * self._recorded, block.astype("<i2").tobytes())
            self._write(0, riff.header(self._recorded + len(block), RATE))
        except OSError as error:
            raise self._failure(error) from error
        self._recorded += len(block)

    def _write(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        while data:  # a nearly full disk takes a part, and refuses the rest
            data = data[self._file.write(data) :]

    def _failure(self, error: OSError) -> VoiceError:
        return VoiceError(f"the recording {self._path} can't be written: {error.strerror or error}")


def resample(sound: Sound, rate: int) -> np.ndarray:
    """The samples at another rate, int16: linear, which is good enough for speech in a recording."""
    if sound.rate == rate or not len(sound.samples):
        return sound.samples
    count = max(1, round(len(sound.samples) * rate / sound.rate))
    positions = np.arange(count) * (sound.rate / rate)
    heard: np.ndarray = np.round(np.interp(positions, np.arange(len(sound.samples)), sound.samples))
    return heard.astype(np.int16)
