"""Sound in memory: what synthesizers make and players play."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earsight.errors import EarsightError


class VoiceError(EarsightError):
    """Speech can't be made or played."""


@dataclass(frozen=True, slots=True)
class Sound:
    """samples: int16 (n,), mono. rate: samples a second."""

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
