"""How often to look without being asked: as configured, or less often where the board can't keep up. Pure."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from statistics import median

_THROTTLED_FACTOR = 2.0
"""How much longer the interval is while heat or low power slows the board down."""

_LONGER, _AS_BEFORE = 1.5, 1.2
"""Times the configured interval from which it counts as longer, and up to which it counts as normal again."""


class IntervalChange(Enum):
    """What the wearer is told about the interval. LONGER: it grew. AS_BEFORE: it is as configured again."""

    LONGER = auto()
    AS_BEFORE = auto()


class LookInterval:
    """Adapts the interval to how long looks take.

    Attributes:
        throttled: Whether heat or low power slows the board down.
    """

    def __init__(self, share: float = 3.0) -> None:
        """Args:
        share: The shortest interval, in times the length of a look: presses, speech and a hot processor need
            the rest.
        """
        self.throttled = False
        self._share = share
        self._recent: deque[float] = deque(maxlen=5)
        self._is_longer = False

    def add_look(self, seconds: float) -> None:
        """Take into account how long a look took."""
        self._recent.append(seconds)

    def seconds(self, configured: float) -> float:
        """Seconds between the beginnings of two looks, given those that are configured."""
        needed = self._share * median(self._recent) if self._recent else 0.0
        return max(configured * (_THROTTLED_FACTOR if self.throttled else 1.0), needed)

    def change(self, configured: float) -> IntervalChange | None:
        """What has changed since the last call; None for nothing. A small change counts as none."""
        factor = self.seconds(configured) / configured
        if not self._is_longer and factor >= _LONGER:
            self._is_longer = True
            return IntervalChange.LONGER
        if self._is_longer and factor <= _AS_BEFORE:
            self._is_longer = False
            return IntervalChange.AS_BEFORE
        return None
