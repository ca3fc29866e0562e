"""Turns the ups and downs of one button into gestures. Pure: the caller brings the time and the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from earsight.triggers.trigger import ButtonDown, ButtonUp, Gesture, InputEvent, Press


@dataclass(frozen=True, slots=True)
class Stuck:
    """The button has been down for so long that nobody can mean it.

    Attributes:
        at: When it went down.
    """

    at: float


@dataclass(frozen=True, slots=True)
class GestureTimes:
    """What tells gestures apart, in seconds.

    Attributes:
        long_press: A press held this long is a LONG one.
        double_window: A press this soon after a release belongs to the same gesture; 0 for none.
        very_long_press: A press held this long is a VERY_LONG one.
        stuck_after: A button held this long is stuck.

    Raises:
        ValueError: They are not in ascending order: double_window, long_press, very_long_press, stuck_after.
    """

    long_press: float
    double_window: float
    very_long_press: float
    stuck_after: float

    def __post_init__(self) -> None:
        if not 0 <= self.double_window < self.long_press < self.very_long_press < self.stuck_after:
            raise ValueError(f"not in ascending order: {self}")


class _State(Enum):
    UP = auto()
    FIRST_DOWN = auto()  # any gesture is possible
    FIRST_UP = auto()  # SHORT, unless a second press follows
    SECOND_DOWN = auto()  # DOUBLE or TRIPLE; only where a triple press means something
    SECOND_UP = auto()
    HELD = auto()  # LONG; VERY_LONG if it goes on
    SPENT = auto()  # still down, but its gesture has been given (or it was down from the start)
    STUCK = auto()


class GestureRecognizer:
    """ButtonDown as the button goes down, then one gesture; all with the time of the first press.

    - SHORT comes double_window after the release, or at the release if double_window is 0.
    - DOUBLE comes as the second press goes down. With `triple`, it comes double_window after the second
      release, or when the second press has been held for long_press.
    - TRIPLE comes as the third press goes down, with `triple` only.
    - LONG comes while the button is still held. With `long_on_release`, it comes at the release.
    - VERY_LONG comes while the button is still held, after a LONG unless `long_on_release`.
    - With `tells_release`, ButtonUp comes as a button is let go whose gesture has come already.

    A button that is down for stuck_after gives Stuck once and is then ignored until it is let go.

    Feed press, release and expire with any finite times on one clock; call expire at `deadline`. Late,
    repeated and out-of-order calls are harmless: a deadline that has passed is honoured first, and time
    never runs backwards.

    Args:
        times: What tells gestures apart.
        triple: Whether a triple press means something here. It makes DOUBLE wait.
        long_on_release: For a LONG that must not happen on the way to a VERY_LONG.
        tells_release: For gestures that go on while the button is held.
    """

    def __init__(
        self,
        times: GestureTimes,
        *,
        triple: bool = False,
        long_on_release: bool = False,
        tells_release: bool = False,
    ) -> None:
        self._times = times
        self._triple, self._long_on_release = triple, long_on_release
        self._next_gesture = triple, long_on_release
        self._tells_release = tells_release
        self._state = _State.UP
        self._now = float("-inf")
        self._began = 0.0  # the first press of the gesture
        self._down = 0.0  # the newest press
        self._deadline: float | None = None

    def retime(self, times: GestureTimes) -> None:
        """Go by new times from the next edge on; a deadline that is already set stays."""
        self._times = times

    def rebind(self, *, triple: bool, long_on_release: bool, tells_release: bool = False) -> None:
        """Go by other bindings from the next gesture on; see the constructor."""
        self._next_gesture = triple, long_on_release
        self._tells_release = tells_release

    @property
    def deadline(self) -> float | None:
        """When expire wants to be called; None while nothing is pending."""
        return self._deadline

    def press(self, t: float) -> list[InputEvent | Stuck]:
        """The button has gone down."""
        events = self.expire(t)
        if self._state is _State.UP:
            self._triple, self._long_on_release = self._next_gesture
            self._began = self._down = self._now
            self._enter(_State.FIRST_DOWN, self._now + self._times.long_press)
            events.append(ButtonDown(self._began))
        elif self._state is _State.FIRST_UP and self._triple:
            self._down = self._now
            self._enter(_State.SECOND_DOWN, self._now + self._times.long_press)
        elif self._state in (_State.FIRST_UP, _State.SECOND_UP):
            self._down = self._now
            events.append(self._gesture(Gesture.TRIPLE if self._triple else Gesture.DOUBLE))
            self._spend()
        return events

    def release(self, t: float) -> list[InputEvent | Stuck]:
        """The button has come up."""
        events = self.expire(t)
        state = self._state
        if state is _State.FIRST_DOWN and self._times.double_window > 0:
            self._enter(_State.FIRST_UP, self._now + self._times.double_window)
        elif state is _State.SECOND_DOWN:
            self._enter(_State.SECOND_UP, self._now + self._times.double_window)
        elif state in (_State.FIRST_DOWN, _State.HELD, _State.SPENT, _State.STUCK):
            if state is _State.FIRST_DOWN:
                events.append(self._gesture(Gesture.SHORT))
            elif state is _State.HELD and self._long_on_release:
                events.append(self._gesture(Gesture.LONG))
            if self._tells_release and state in (_State.HELD, _State.SPENT):
                events.append(ButtonUp(self._began))
            self._enter(_State.UP, None)
        return events

    def found(self, t: float, down: bool) -> None:
        """How the button is before anybody listened: what was pending is forgotten. One that is down makes
        no gesture, but it may be stuck."""
        self._now = max(self._now, t)
        self._down = self._now
        if down:
            self._spend()
        else:
            self._enter(_State.UP, None)

    def expire(self, t: float) -> list[InputEvent | Stuck]:
        """What has become certain by the time t."""
        self._now = max(self._now, t)
        events: list[InputEvent | Stuck] = []
        while self._deadline is not None and self._deadline <= self._now:
            events += self._expired()
        return events

    def _expired(self) -> list[InputEvent | Stuck]:
        state, waits = self._state, self._long_on_release
        if state is _State.FIRST_DOWN:
            self._enter(_State.HELD, self._down + self._times.very_long_press)
            return [] if waits else [self._gesture(Gesture.LONG)]
        if state is _State.HELD:
            self._spend()
            return [self._gesture(Gesture.VERY_LONG)]
        if state is _State.SECOND_DOWN:
            self._spend()
            return [self._gesture(Gesture.DOUBLE)]
        if state is _State.SPENT:
            self._enter(_State.STUCK, None)
            return [Stuck(self._down)]
        self._enter(_State.UP, None)
        return [self._gesture(Gesture.DOUBLE if state is _State.SECOND_UP else Gesture.SHORT)]

    def _gesture(self, gesture: Gesture) -> Press:
        return Press(gesture, self._began)

    def _spend(self) -> None:
        self._enter(_State.SPENT, self._down + self._times.stuck_after)

    def _enter(self, state: _State, deadline: float | None) -> None:
        self._state, self._deadline = state, deadline
