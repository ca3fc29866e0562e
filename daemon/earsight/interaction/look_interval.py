"""How often to look unasked: as configured, or less often where the board can't keep up. Pure."""

from __future__ import annotations

from collections import deque
from statistics import median

_SPARED = 2.0
"""How much longer the period is while heat or low power slows the board down."""
_LONGER, _AS_BEFORE = 1.5, 1.2
"""Times the configured period from which it counts as longer, and up to which as the same again."""


class LookInterval:
    """share: times a look that a period has to last; presses, speech and a hot processor need the rest.
    strained: whether heat or low power slows the board down."""

    def __init__(self, share: float = 3.0) -> None:
        self.strained = False
        self._share = share
        self._took: deque[float] = deque(maxlen=5)
        self._told_longer = False

    def looked(self, seconds: float) -> None:
        """A look took so long."""
        self._took.append(seconds)

    def period(self, every: float) -> float:
        """Seconds between the beginnings of two looks; every: as configured."""
        needed = self._share * median(self._took) if self._took else 0.0
        return max(every * (_SPARED if self.strained else 1.0), needed)

    def news(self, every: float) -> bool | None:
        """True: it has become longer, False: it is as before again, None: no news. Each is told once."""
        times = self.period(every) / every
        if not self._told_longer and times >= _LONGER:
            self._told_longer = True
            return True
        if self._told_longer and times <= _AS_BEFORE:
            self._told_longer = False
            return False
        return None
