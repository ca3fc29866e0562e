"""Code that reads time.monotonic() on a clock that a benchmark sets, such as tests.earsight.virtual_time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loop_clock() -> Iterator[None]:
    """Let the whole process go by the clock of the running loop."""
    real, time.monotonic = time.monotonic, asyncio.get_running_loop().time
    try:
        yield
    finally:
        time.monotonic = real
