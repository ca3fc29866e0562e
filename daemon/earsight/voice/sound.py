"""Sound in memory: what synthesizers make and players play."""

from __future__ import annotations

import logging
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
    """A mono sound.

    Attributes:
        samples: int16 (n,).
        rate: Samples per second.
    """

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate
