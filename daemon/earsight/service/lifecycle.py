"""The states that a service goes through, for its own parts and for the service manager."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from earsight.system.systemd import notify


class State(Enum):
    """What a service is doing.

    STARTING: it loads its model; presses are answered already. READY: it serves. RELOADING: it serves, and
    takes over new settings. STOPPING: it ends what is being said, and gives its devices back.
    """

    STARTING = auto()
    READY = auto()
    RELOADING = auto()
    STOPPING = auto()


_NEXT = {
    State.STARTING: {State.READY, State.STOPPING},
    State.READY: {State.RELOADING, State.STOPPING},
    State.RELOADING: {State.READY, State.STOPPING},
}


class Lifecycle:
    """The state of one service. Each change of it is told to the service manager.

    Nothing follows STOPPING: work that is not cancelled yet may go on as if it had changed the state.

    Attributes:
        state: What the service is doing now.
        was_ready: Whether it has served.
    """

    def __init__(self) -> None:
        self.state = State.STARTING
        self._ready = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def was_ready(self) -> bool:
        return self._ready.is_set()

    def become_ready(self) -> None:
        """The start is over."""
        self._enter(State.READY, "READY=1")
        if self.state is State.READY:
            self._ready.set()

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """New settings are taken over inside of this."""
        # The service manager wants the time, to tell this reload from an older one.
        self._enter(State.RELOADING, f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            yield
        finally:
            self._enter(State.READY, "READY=1")

    def stop(self) -> None:
        """The service has to end. May be called more than once."""
        self._enter(State.STOPPING, "STOPPING=1")
        self._stopping.set()

    async def ready(self) -> None:
        """Wait until the start is over."""
        await self._ready.wait()

    async def stopping(self) -> None:
        """Wait until the service has to end."""
        await self._stopping.wait()

    def _enter(self, state: State, told: str) -> None:
        if self.state is State.STOPPING:
            return
        if state not in _NEXT[self.state]:
            raise AssertionError(f"a service does not go from {self.state.name} to {state.name}")
        self.state = state
        notify(told)
