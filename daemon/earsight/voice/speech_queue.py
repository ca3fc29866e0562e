"""What is to sound: each request with its state, and the queue of those that wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from earsight.language.utterance import Part, Priority
from earsight.voice.sound import Sound
from earsight.voice.voice import Voice

EARCON = Priority.ANSWER + 1
"""Rank of an earcon: above all speech."""


class Outcome(StrEnum):
    """How a request ended.

    Attributes:
        SPOKEN: To the end.
        INTERRUPTED: Cut off after it had begun to sound.
        DROPPED: For something newer, before any of it could be heard.
        STALE: Too late to begin.
    """

    SPOKEN = "spoken"
    INTERRUPTED = "interrupted"
    DROPPED = "dropped"
    STALE = "stale"


class RequestState(Enum):
    """Where a request is on its way to the ear.

    Attributes:
        WAITING: To be synthesized.
        SYNTHESIZING: The engine is at work on it.
        READY: It has its sound, and waits to be played.
        STARTING: The player has it, and nothing was heard yet.
        AUDIBLE: It has begun to sound.
        ENDED: It has been resolved.
    """

    WAITING = auto()
    SYNTHESIZING = auto()
    READY = auto()
    STARTING = auto()
    AUDIBLE = auto()
    ENDED = auto()


_NEXT = {
    RequestState.WAITING: {RequestState.SYNTHESIZING, RequestState.ENDED},
    RequestState.SYNTHESIZING: {RequestState.WAITING, RequestState.READY, RequestState.ENDED},
    RequestState.READY: {RequestState.STARTING, RequestState.ENDED},
    RequestState.STARTING: {RequestState.AUDIBLE, RequestState.ENDED},
    # A sound that fails is played again from its beginning.
    RequestState.AUDIBLE: {RequestState.AUDIBLE, RequestState.ENDED},
    RequestState.ENDED: {RequestState.ENDED},
}


@dataclass(eq=False, slots=True)
class SpeechRequest:
    """Something that is to sound.

    Attributes:
        kind: "speech", or the earcon's name.
        text: The words; None for an earcon.
        parts: The same, as voices of several languages say them, one after the other.
        rank: A Priority, or EARCON.
        expires_at: Seconds on time.monotonic(); it does not begin from then on.
        done: How it ended; raises VoiceError.
        sound: What is played; None until it is synthesized.
        voice: What makes and plays it; None for the speaker's own voice.
        begun: Called when it begins to sound.
        state: Changed by advance() only.
    """

    kind: str
    text: str | None
    rank: int
    expires_at: float
    done: asyncio.Future[Outcome]
    sound: Sound | None = None
    voice: Voice | None = None
    parts: tuple[Part, ...] = ()
    begun: Callable[[], object] | None = None
    state: RequestState = RequestState.WAITING

    def __post_init__(self) -> None:
        if self.sound is not None:
            self.state = RequestState.READY

    @property
    def stale(self) -> bool:
        """Whether it is too late to begin."""
        return time.monotonic() >= self.expires_at

    def advance(self, state: RequestState) -> None:
        """Go on to a state that may follow the present one."""
        assert state in _NEXT[self.state], f"{self.state} -> {state}"
        self.state = state

    def resolve(self, outcome: Outcome) -> None:
        """End it. Does nothing to one whose caller has gone."""
        self.advance(RequestState.ENDED)
        if not self.done.done():
            self.done.set_result(outcome)

    def fail(self, error: BaseException) -> None:
        """End it with an error. Does nothing to one whose caller has gone."""
        self.advance(RequestState.ENDED)
        if not self.done.done():
            self.done.set_exception(error)


class SpeechQueue:
    """Requests that have not begun to be played, in the order in which they came."""

    def __init__(self) -> None:
        self._requests: list[SpeechRequest] = []

    def __len__(self) -> int:
        return len(self._requests)

    def __contains__(self, request: SpeechRequest) -> bool:
        return request in self._requests

    def add(self, request: SpeechRequest) -> None:
        self._requests.append(request)

    def remove(self, request: SpeechRequest) -> None:
        """Take it out, for whoever goes on with it."""
        self._requests.remove(request)

    def drop(self, unwanted: Callable[[SpeechRequest], bool], outcome: Outcome = Outcome.DROPPED) -> None:
        """Resolve those that are unwanted."""
        for request in [request for request in self._requests if unwanted(request)]:
            self._requests.remove(request)
            request.resolve(outcome)

    def next(self, lowest: int, highest: int = EARCON) -> SpeechRequest | None:
        """The request of the highest rank between the two, the oldest among equals."""
        within = (request for request in self._requests if lowest <= request.rank <= highest)
        return max(within, key=lambda request: request.rank, default=None)
