"""How long to wait before trying again what has failed."""

from __future__ import annotations


class Backoff:
    """Pauses that grow with every failure, each twice as long as the one before."""

    def __init__(self, first: float, longest: float) -> None:
        """Begins with the first pause.

        Args:
            first: Seconds.
            longest: Seconds. An attempt that lasted longer than this has worked for a while: after it, the
                pauses begin with the first one again.
        """
        self._first, self._longest = first, longest
        self._next = first

    def after(self, seconds: float) -> float:
        """Return the pause, in seconds, after an attempt that failed.

        Args:
            seconds: How long the attempt lasted until it failed.
        """
        if seconds > self._longest:
            self._next = self._first
        pause = self._next
        self._next = min(2 * self._next, self._longest)
        return pause
