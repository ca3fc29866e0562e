"""Turns the ups and downs of one button into gestures. Pure: the caller brings the time and the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from earsight.triggers.trigger import Gesture, Press


@dataclass(frozen=True, slots=True)
class Stuck:
    """The button has been down for so long that nobody can mean it. at: when it went down."""

    at: float


class _State(Enum):
    UP = auto()
    FIRST_DOWN = auto()  # not known yet whether short, double or long
    BETWEEN = auto()  # let go once; a second press would make it a double one
    SPENT = auto()  # still down, but its gesture has been given (or it was down from the start)
    STUCK = auto()


class GestureRecognizer:
    """TOUCH as the button goes down, then exactly one of SHORT, DOUBLE and LONG; all with the time of the
    first press, so that a listener knows what belongs together.

    SHORT comes double_window after the release (at the release if double_window is 0), DOUBLE as the second
    press goes down, LONG while the button is still held. A button that is down for stuck_after gives Stuck
    once and is then ignored until it is let go.

    Feed press, release and expire with any finite times on one clock; call expire at `deadline`. Late,
    repeated and out-of-order calls are harmless: a deadline that has passed is honoured first, and time
    never runs backwards.
    """

    def __init__(self, long_press: float, double_window: float, stuck_after: float) -> None:
        self.retime(long_press, double_window, stuck_after)
        self._state = _State.UP
        self._now = float("-inf")
        self._began = 0.0  # the first press of the gesture
        self._down = 0.0  # the newest press
        self._deadline: float | None = None

    def retime(self, long_press: float, double_window: float, stuck_after: float) -> None:
        """New times, in seconds, from the next edge on."""
        if not 0 <= double_window < long_press < stuck_after:
            raise ValueError(f"not ascending: {double_window=}, {long_press=}, {stuck_after=}")
        self._long_press, self._double_window, self._stuck_after = long_press, double_window, stuck_after

    @property
    def deadline(self) -> float | None:
        """When expire wants to be called; None while nothing is pending."""
        return self._deadline

    def press(self, t: float) -> list[Press | Stuck]:
        events = self.expire(t)
        if self._state is _State.UP:
            self._began = self._down = self._now
            self._enter(_State.FIRST_DOWN, self._now + self._long_press)
            events.append(Press(Gesture.TOUCH, self._began))
        elif self._state is _State.BETWEEN:
            self._down = self._now
            events.append(Press(Gesture.DOUBLE, self._began))
            self._enter(_State.SPENT, self._now + self._stuck_after)
        return events

    def release(self, t: float) -> list[Press | Stuck]:
        events = self.expire(t)
        if self._state is _State.FIRST_DOWN and self._double_window > 0:
            self._enter(_State.BETWEEN, self._now + self._double_window)
        elif self._state is _State.FIRST_DOWN:
            events.append(Press(Gesture.SHORT, self._began))
            self._enter(_State.UP, None)
        elif self._state in (_State.SPENT, _State.STUCK):
            self._enter(_State.UP, None)
        return events

    def found(self, t: float, down: bool) -> None:
        """How the button is before anybody listened: what was pending is forgotten. One that is down makes
        no gesture, but it may be stuck."""
        self._now = max(self._now, t)
        self._down = self._now
        if down:
            self._enter(_State.SPENT, self._now + self._stuck_after)
        else:
            self._enter(_State.UP, None)

    def expire(self, t: float) -> list[Press | Stuck]:
        """What has become certain by the time t."""
        self._now = max(self._now, t)
        events: list[Press | Stuck] = []
        while self._deadline is not None and self._deadline <= self._now:
            events.append(self._expired())
        return events

    def _expired(self) -> Press | Stuck:
        if self._state is _State.FIRST_DOWN:
            self._enter(_State.SPENT, self._down + self._stuck_after)
            return Press(Gesture.LONG, self._began)
        if self._state is _State.BETWEEN:
            self._enter(_State.UP, None)
            return Press(Gesture.SHORT, self._began)
        self._enter(_State.STUCK, None)
        return Stuck(self._down)

    def _enter(self, state: _State, deadline: float | None) -> None:
        self._state, self._deadline = state, deadline
