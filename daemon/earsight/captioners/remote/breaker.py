"""A circuit breaker (Nygard, Release It!, 2007): who has failed is not waited for again at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Permit(Enum):
    """What to do with a request.

    ASK: send it, and wait for the answer. PROBE: send it, but don't wait, since it most likely fails: it
    tells whether the next may be sent. SPARE: don't send it.
    """

    ASK = auto()
    PROBE = auto()
    SPARE = auto()


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """When a breaker opens, and for how long. Times are in seconds.

    Attributes:
        failures: In a row, which open it.
        pause: Until the first probe. It doubles whenever a probe fails.
        longest: Of those pauses, also where the other side names one.
        steady: Once closed for so long, it begins with the first pause again.
    """

    failures: int
    pause: float
    longest: float
    steady: float


class Breaker:
    """Closed: requests are sent. Open: they are not, until a pause is over. Then one probe is sent, which
    closes or opens it. Not for two threads at once. `now` is of any clock that never goes back."""

    def __init__(self, limits: BreakerLimits) -> None:
        """Closed at first."""
        self._limits = limits
        self._failures = 0
        self._pause = limits.pause
        self._open_until: float | None = None
        self._closed_at: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether requests are not waited for."""
        return self._open_until is not None

    def permit(self, now: float) -> Permit:
        """Decide about a request; what became of one that is sent has to be told."""
        if self._open_until is None:
            return Permit.ASK
        if self._probing or now < self._open_until:
            return Permit.SPARE
        self._probing = True
        return Permit.PROBE

    def succeeded(self, now: float) -> None:
        """A request was answered."""
        if self.is_open:
            self._closed_at = now
        self._failures, self._probing, self._open_until = 0, False, None

    def failed(self, now: float, retry_after: float | None = None) -> None:
        """A request was not answered.

        Args:
            now: The time.
            retry_after: Seconds for which the other side asks to be left alone.
        """
        if not self.is_open:
            self._failures += 1
            if self._failures < self._limits.failures and retry_after is None:
                return
            if self._closed_at is None or now - self._closed_at >= self._limits.steady:
                self._pause = self._limits.pause
        pause = max(self._pause, retry_after or 0.0)
        self._open_until = now + min(pause, self._limits.longest)
        self._pause = min(2 * self._pause, self._limits.longest)
        self._failures, self._probing = 0, False

    def abandoned(self) -> None:
        """Nobody waited for the answer to the last request: it tells nothing. A probe may be sent again."""
        self._probing = False
