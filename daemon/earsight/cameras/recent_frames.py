"""The frames that may still be described."""

from __future__ import annotations

from collections import deque

from earsight.cameras.source import StaleFrame
from earsight.scene import Frame


class RecentFrames:
    """The newest few frames, oldest first. Not locked: its owner does that."""

    def __init__(self, keep: int) -> None:
        """Begins empty.

        Args:
            keep: Frames held.
        """
        self._frames: deque[Frame] = deque(maxlen=keep)

    def add(self, frame: Frame) -> None:
        """Keep a frame, newer than all others, and drop the oldest one where there are too many."""
        self._frames.append(frame)

    def clear(self) -> None:
        """Drop all frames."""
        self._frames.clear()

    def __len__(self) -> int:
        return len(self._frames)

    def fresh(self, max_age: float, now: float) -> tuple[Frame, ...]:
        """The frames that are at most max_age seconds old at `now`, newest last."""
        return tuple(frame for frame in self._frames if now - frame.captured_at <= max_age)

    def within(self, max_age: float, now: float) -> tuple[Frame, ...]:
        """The same, at least one.

        Raises:
            StaleFrame: There is none; the message gives the age of the newest one.
        """
        if fresh := self.fresh(max_age, now):
            return fresh
        if not self._frames:
            raise StaleFrame("The camera has given no picture yet.")
        age = now - self._frames[-1].captured_at
        raise StaleFrame(f"The newest picture is {age:.1f} s old, more than the {max_age:g} s allowed.")
