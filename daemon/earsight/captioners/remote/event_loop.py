"""A thread with an event loop, so that requests go on while the look worker decodes, and end when told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from earsight.system import time_limits

_T = TypeVar("_T")


class EventLoopThread:
    """Runs coroutines for callers of other threads. It starts with the first of them."""

    def __init__(self, name: str) -> None:
        """Args:
        name: Of the thread.
        """
        self._loop = asyncio.new_event_loop()
        # A daemon thread: a name server that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._lock = threading.Lock()

    def submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Begin a coroutine. Cancelling the future cancels it."""
        with self._lock:
            if self._thread.ident is None:
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Cancel what runs, and end the thread."""
        if self._thread.ident is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(time_limits.CLOSING)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(time_limits.CLOSING)
        if not self._loop.is_running():
            self._loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
