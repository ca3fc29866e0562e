"""How often in a row Earsight has failed soon after its start, so that it can say so and give up."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from earsight.system.storage import service_folder

MAX_FAILED_STARTS = 5
"""Starts in a row that did not last. After these, another one would only drain the battery."""

_START = "start"

_log = logging.getLogger(__name__)


def crash_loop_file() -> Path | None:
    """Where failed starts are counted; None without a service manager.

    It is in the service manager's runtime folder, which is cleared when the service is stopped (but not when
    it is restarted) and when the power goes off.
    """
    folder = service_folder("RUNTIME")
    return folder / "starts" if folder else None


class CrashLoop:
    """Counts starts in a file: a line for each that has not lasted yet, and one for the reason of a failure.

    A file that can't be read or written counts nothing: then the service manager's own limits are all there
    is.
    """

    def __init__(self, path: Path | None) -> None:
        """Args:
        path: The file; None counts nothing.
        """
        self._path = path

    def record_start(self) -> int:
        """Count this start, before anything that may fail. Returns how many before it did not last."""
        failed = self._lines().count(_START)
        self._append(_START)
        return failed

    def record_failure(self, reason: str) -> None:
        """Remember why this run is about to end."""
        self._append(" ".join(reason.split()))

    @property
    def last_failure(self) -> str | None:
        """The newest reason that is known."""
        return next((line for line in reversed(self._lines()) if line != _START), None)

    def clear(self) -> None:
        """This start has lasted: forget it and those before it."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        if self._path is None:
            return []
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def _append(self, line: str) -> None:
        if self._path is None:
            return
        try:
            # One write to the end: a process that is killed meanwhile leaves a whole line or none.
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            _log.warning("%s: %s; failed starts are not counted", self._path, error.strerror)
