"""A limit on the time of a run, for machines that are lent by the minute."""

from __future__ import annotations

import math
import time

_MARGIN = 1.15
"""The next epoch may take a little longer than the last one."""


class TimeLimit:
    """Seconds from now on, after which no work is begun.

    Attributes:
        reached: Whether work was left undone for it.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        """Begin to count.

        Args:
            seconds: From now on; math.inf is no limit.
        """
        self._end = time.monotonic() + seconds
        self.reached = False

    def leaves(self, seconds: float) -> bool:
        """Tell whether work that took so many seconds can be done once more; if not, the limit is reached."""
        self.reached = self.reached or time.monotonic() + _MARGIN * seconds > self._end
        return not self.reached
