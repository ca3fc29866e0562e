"""Tells when the settings file has to be read again."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from earsight.system import time_limits


class ConfigWatcher:
    """Watches one file, from when it is made."""

    def __init__(self, path: Path) -> None:
        """Args:
        path: The file, which need not be there.
        """
        self._path = path
        self._seen = _stamp(path)
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Let changed() return, whether the file has changed or not."""
        self._asked.set()

    async def changed(self) -> None:
        """Wait until the file has been written, or until asked.

        As long as it changes, or is not there, it is being written.
        """
        before: tuple[int, int, int] | None = None
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), time_limits.CONFIG_POLL)
            stamp = _stamp(self._path)
            written = stamp is not None and stamp != self._seen and stamp == before
            if self._asked.is_set() or written:
                self._asked.clear()
                self._seen = stamp
                return
            before = stamp


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
