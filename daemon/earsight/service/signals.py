"""Signals of the service: the end, and a reload of its settings."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_held = threading.Event()
"""SIGHUP has come before a service could take it."""


def hold_reload_signal() -> None:
    """Let SIGHUP, which would end the process, wait until a service can take it. For the main thread."""
    # Not by blocking it: threads that libraries have started before would still take it.
    signal.signal(signal.SIGHUP, lambda *_: _held.set())


@contextmanager
def handled_signals(stop: Callable[[], object], reload: Callable[[], object]) -> Iterator[None]:
    """Heed signals on the running event loop.

    Args:
        stop: Called for SIGTERM and SIGINT.
        reload: Called for SIGHUP, also for one that was held.
    """
    loop = asyncio.get_running_loop()
    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    if _held.is_set():
        _held.clear()
        reload()
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
