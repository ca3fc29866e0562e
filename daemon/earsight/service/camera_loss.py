"""When a camera that was lost counts as back: soon, but ever later for a loose plug. Pure."""

from __future__ import annotations

import math

from earsight.system import time_limits


class CameraLoss:
    """Follows a camera through its losses.

    A camera is back once it has worked for CAMERA_BACK seconds. That time doubles, up to CAMERA_LONGEST_BACK,
    for one that is lost again within CAMERA_BACK_RESET seconds of its return: a loose plug must not fill the
    ear.
    """

    def __init__(self) -> None:
        self._is_lost = False
        self._last_lost = -math.inf
        self._back_at = -math.inf
        self._delay = time_limits.CAMERA_BACK

    def lost(self, now: float) -> None:
        """The camera is lost at `now`, in seconds of any clock that only goes forward."""
        self._last_lost = now
        if self._is_lost:
            return
        self._is_lost = True
        if now < self._back_at + time_limits.CAMERA_BACK_RESET:
            self._delay = min(2 * self._delay, time_limits.CAMERA_LONGEST_BACK)
        else:
            self._delay = time_limits.CAMERA_BACK

    def works(self, now: float) -> bool:
        """The camera works at `now`. Returns whether it is back from a loss, once for each loss."""
        if not self._is_lost or now - self._last_lost < self._delay:
            return False
        self._is_lost, self._back_at = False, now
        return True
