"""A WAV file instead of a microphone: for tests, measurements, and to try voice commands without one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np

from earsight.listening.microphone import FRAME_SAMPLES, RATE, MicrophoneError
from earsight.voice import riff
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.wav import resample

_LARGEST = 60 * 1024 * 1024
"""Bytes of a file: minutes of sound."""


class WavMicrophone:
    """Hears the file from its beginning each time somebody listens, and silence after its end."""

    def __init__(self, path: Path, real_time: bool = True) -> None:
        """Args:
        path: A WAV file: 16-bit, mono, any rate.
        real_time: Whether frames come as fast as from a microphone; otherwise as fast as they are taken.
        """
        self._path = path
        self._real_time = real_time

    def check(self) -> None:
        """Read the file.

        Raises:
            MicrophoneError: It can't be used.
        """
        self._samples()

    async def record(self) -> AsyncGenerator[bytes]:
        """See Microphone."""
        samples = await asyncio.to_thread(self._samples)
        begin, at = time.monotonic(), 0
        while True:
            frame = samples[at : at + FRAME_SAMPLES]
            at += FRAME_SAMPLES
            if self._real_time:
                await asyncio.sleep(begin + at / RATE - time.monotonic())
            else:
                await asyncio.sleep(0)
            yield np.pad(frame, (0, FRAME_SAMPLES - len(frame))).astype("<i2").tobytes()

    def _samples(self) -> np.ndarray:
        try:
            if self._path.stat().st_size > _LARGEST:
                raise MicrophoneError(f"the recording {self._path} is too long for a command")
            sound = riff.parse(self._path.read_bytes())
        except OSError as error:
            reason = error.strerror or error
            raise MicrophoneError(f"the recording {self._path} can't be read: {reason}") from error
        except VoiceError as error:
            raise MicrophoneError(f"the recording {self._path} can't be used: {error}") from error
        return resample(Sound(sound.samples, sound.rate), RATE)
