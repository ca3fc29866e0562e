"""How much narration may say in a minute. Pure."""

from __future__ import annotations

from collections import deque

_MINUTE = 60.0


class WordBudget:
    """Counts the words of the last minute."""

    def __init__(self) -> None:
        self._spoken: deque[tuple[float, int]] = deque()

    def left(self, now: float, words_per_minute: int) -> int:
        """How many words may be said.

        Args:
            now: Seconds on time.monotonic().
            words_per_minute: In any minute at most.
        """
        while self._spoken and self._spoken[0][0] <= now - _MINUTE:
            self._spoken.popleft()
        return max(0, words_per_minute - sum(words for _, words in self._spoken))

    def spend(self, now: float, text: str) -> None:
        """Some words have begun to sound."""
        self._spoken.append((now, len(text.split())))
