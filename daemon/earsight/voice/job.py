"""What wants to sound, and how that ended."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum

from earsight.voice.sound import Sound


class Outcome(StrEnum):
    """SPOKEN: to the end. INTERRUPTED: cut off after it had begun to sound. DROPPED: for something newer,
    before any of it could be heard. STALE: too late to begin."""

    SPOKEN = "spoken"
    INTERRUPTED = "interrupted"
    DROPPED = "dropped"
    STALE = "stale"


@dataclass(eq=False, slots=True)
class Job:
    """Something that wants to sound. sound: None until it is synthesized. begun: whether it was heard."""

    kind: str
    text: str | None
    rank: int
    expires_at: float
    done: asyncio.Future[Outcome]
    sound: Sound | None = None
    begun: bool = False

    @property
    def stale(self) -> bool:
        return time.monotonic() >= self.expires_at

    def resolve(self, outcome: Outcome) -> None:
        if not self.done.done():
            self.done.set_result(outcome)

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)
