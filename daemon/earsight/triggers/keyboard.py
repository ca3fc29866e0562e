"""A keyboard for a button: a line is a press."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import IO, Any

from earsight.message import message
from earsight.system import time_limits
from earsight.triggers.trigger import EventSink, Gesture, Listening, Press

PART = message("part.keyboard")
"""What the wearer calls it."""

KEYS = {
    "": Gesture.SHORT,
    "d": Gesture.DOUBLE,
    "t": Gesture.TRIPLE,
    "l": Gesture.LONG,
    "v": Gesture.VERY_LONG,
}
QUIT = "q"
HELP = "Enter: look. d Enter: say it again. l Enter: more detail. v Enter: menu. q Enter: stop."

MAX_LINE = 200  # a longer line was not typed by anybody

_log = logging.getLogger(__name__)


class KeyboardTrigger:
    """Enter is a short press; d, t, l or v and Enter is a double, triple, long or very long one.

    stream: anything with a file descriptor: a terminal, a pipe, a file; without one (standard input that
    is closed, or not a file) there is no keyboard, which is no error. It is never set to non-blocking:
    the shell and other programs share it.
    """

    def __init__(self, stream: IO[Any] | None = None) -> None:
        self._stream = sys.stdin if stream is None else stream

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on presses until cancelled; returns only when `q` asks for the end of the service.

        The end of the input ends the keyboard but not the service: run then waits to be cancelled.
        """
        listening()
        async with aclosing(self._lines()) as lines:
            async for line in lines:
                at, word = time.monotonic(), line.strip().lower()
                if word == QUIT:
                    return
                if word in KEYS:
                    sink(Press(KEYS[word], at))
                else:
                    _log.warning("unknown key %r. %s", word[:20], HELP)
        _log.info("no keyboard (any more): standard input has ended")
        await asyncio.get_running_loop().create_future()

    async def _lines(self) -> AsyncGenerator[str, None]:
        fd = self._descriptor()
        buffer = b""
        while fd is not None:
            try:
                await _readable(fd)
                data = os.read(fd, 4096)
            except OSError:  # the terminal has gone
                data = b""
            if not data:
                break
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
            if len(buffer) > MAX_LINE:
                _log.warning("ignoring the keyboard: standard input contains something that was not typed")
                return
        if buffer:
            yield buffer.decode("utf-8", "replace")

    def _descriptor(self) -> int | None:
        try:
            return self._stream.fileno() if self._stream is not None else None
        except (ValueError, OSError):  # closed, or in memory
            return None


async def _readable(fd: int) -> None:
    """Wait until a read will not block. Raises OSError when the descriptor is closed."""
    loop = asyncio.get_running_loop()
    while True:
        ready = asyncio.Event()
        try:
            loop.add_reader(fd, ready.set)
        except PermissionError:  # epoll takes no plain files and no /dev/null; those never block
            await asyncio.sleep(0)
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(fd)
        if not _in_background(fd):
            return
        await asyncio.sleep(time_limits.TERMINAL_POLL)


def _in_background(fd: int) -> bool:
    """Whether reading this terminal would stop the process (started with `&`, job control)."""
    try:
        return os.isatty(fd) and os.tcgetpgrp(fd) != os.getpgrp()
    except OSError:  # not our controlling terminal: reading it stops nobody
        return False
