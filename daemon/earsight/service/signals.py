"""Signals of the service: the end, and a reload of its settings."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def hold_reload_signal() -> None:
    """Let SIGHUP wait until a service can take it. Before, it would end the process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


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
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
