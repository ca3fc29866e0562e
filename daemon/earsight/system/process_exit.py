"""Ends this process although a driver, an inference or another thread hangs in native code."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from earsight.system import time_limits


def exit_process(status: int) -> NoReturn:
    """End the process with an exit status, whatever its threads do.

    Python's own end tears modules down under threads that still run: native code then calls abort().
    """
    if threading.active_count() == 1:
        sys.exit(status)
    exit_now(status)


def exit_now(status: int) -> NoReturn:
    """End the process at once, without Python's own end."""
    with suppress(OSError):
        logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # full, closed, or none at all
            stream.flush()
    os._exit(status)


def exit_soon() -> None:
    """End the process successfully within END seconds, unless it has ended by itself before."""
    timer = threading.Timer(time_limits.END, exit_now, (0,))
    timer.daemon = True
    timer.start()
