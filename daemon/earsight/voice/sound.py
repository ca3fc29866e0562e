"""Sound in memory: what synthesizers make and players play."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earsight.errors import EarsightError
from earsight.message import message


class VoiceError(EarsightError):
    """Speech can't be made or played."""

    spoken = message("doctor.voice.broken")


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
