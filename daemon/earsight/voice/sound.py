"""Sound in memory: what synthesizers make and players play."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earsight.errors import EarsightError
from earsight.message import message


class VoiceError(EarsightError):
    """Speech can't be made or played.

    Attributes:
        repeated: Whether the voice fails still, of what it failed last time: whoever tells of it has done so.
    """

    spoken = message("doctor.voice.broken")
    repeated = False

    @property
    def level(self) -> int:
        """The level to log it at: what goes on is told once."""
        return logging.DEBUG if self.repeated else logging.ERROR


class EngineMissingError(VoiceError):
    """The speech engine, or the files of its voice, are not installed."""

    spoken = message("doctor.voice.not_installed")


class UnknownVoiceError(VoiceError):
    """The speech engine has no such voice."""

    spoken = message("doctor.voice.unknown")


class SoundDeviceError(VoiceError):
    """The sound output does not take sound."""

    spoken = message("doctor.sound.broken")


@dataclass(frozen=True, slots=True)
class Sound:
    """A mono or stereo sound.

    Attributes:
        samples: int16 (n,) mono, or (n, 2) stereo, left first.
        rate: Samples per second.
    """

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """1 or 2."""
        return 1 if self.samples.ndim == 1 else 2

    def mono(self) -> Sound:
        """The same for one ear: the mean of both channels."""
        if self.channels == 1:
            return self
        return Sound(np.round(self.samples.mean(axis=1)).astype(np.int16), self.rate)

    def stereo(self) -> Sound:
        """The same for two ears: a mono sound in the middle."""
        if self.channels == 2:
            return self
        return Sound(np.repeat(self.samples[:, None], 2, axis=1), self.rate)

    def scaled(self, volume: float) -> Sound:
        """As loud as a volume of 0..1 makes it."""
        return Sound(np.round(self.samples * volume).astype(np.int16), self.rate)

    def after_silence(self, seconds: float) -> Sound:
        """With some silence before it."""
        silence = np.zeros((round(seconds * self.rate), *self.samples.shape[1:]), np.int16)
        return Sound(np.concatenate([silence, self.samples]), self.rate)


def joined(sounds: Sequence[Sound]) -> Sound:
    """Mono sounds one after the other, at the rate of the first."""
    rate = sounds[0].rate
    return Sound(np.concatenate([_resampled(sound, rate) for sound in sounds]), rate)


def _resampled(sound: Sound, rate: int) -> np.ndarray:
    if sound.rate == rate:
        return sound.samples
    count = round(len(sound.samples) * rate / sound.rate)
    places = np.arange(count) * (sound.rate / rate)
    samples: np.ndarray = np.interp(places, np.arange(len(sound.samples)), sound.samples)
    return np.round(samples).astype(np.int16)
