"""The contract of what a finger moves: something that is down or up. Drivers are in registry.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from earsight.triggers.trigger import TriggerError

Moved = Callable[[float, bool], object]
"""Takes an edge: when, in seconds of time.monotonic(), and whether the line is down since."""

Lost = Callable[[TriggerError], object]
"""Takes why there will be no more edges."""


class Line(Protocol):
    """An open input, such as a GPIO line or a key."""

    @property
    def name(self) -> str:
        """For messages, such as "GPIO 17"."""

    def watch(self, moved: Moved, lost: Lost, /) -> None:
        """Report every edge from now on. Called once, on the event loop's thread, where both callbacks are
        called too.

        Raises:
            TriggerError: It can't be watched.
        """

    def is_down(self) -> bool:
        """How it is now. To be called on the event loop's thread, once it is watched.

        Raises:
            TriggerError: It has gone.
        """

    def close(self) -> None:
        """Give the input back. Called on the event loop's thread."""


OpenLine = Callable[[], Line]
"""Opens a line; may block, and is called on a thread of its own. Raises TriggerError."""


@asynccontextmanager
async def opened(open_line: OpenLine) -> AsyncIterator[Line]:
    """A line, given back at the end, also when this is cancelled while it opens.

    Raises:
        TriggerError: It can't be had.
    """
    opening = asyncio.ensure_future(asyncio.to_thread(open_line))
    try:
        line = await asyncio.shield(opening)
    except asyncio.CancelledError:
        # The thread can't be stopped: give back what it opens.
        with suppress(TriggerError):
            (await opening).close()
        raise
    try:
        yield line
    finally:
        line.close()
