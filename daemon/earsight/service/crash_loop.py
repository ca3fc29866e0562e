"""How often in a row Earsight has failed soon after its start, so that it can say so and give up."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from earsight.system.storage import service_folder

LIMIT = 5
"""CrashLoop in a row that did not last: after these, another one would only drain the battery."""

_START = "start"

_log = logging.getLogger(__name__)


def starts_file() -> Path | None:
    """In the service manager's runtime folder, which it clears when the service is stopped (but not when it
    is restarted) and at power-off; None without a service manager."""
    folder = service_folder("RUNTIME")
    return folder / "starts" if folder else None


class CrashLoop:
    """A line for each start that has not lasted yet, and one for the reason of an end that was known.

    path: None counts nothing. A file that can't be read or written counts nothing either: then the limits of
    the service manager are all there is.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def begin(self) -> int:
        """Count this start, before anything that may fail. How many before it did not last."""
        failed = self._lines().count(_START)
        self._add(_START)
        return failed

    def blame(self, reason: str) -> None:
        """Remember why this run is about to end."""
        self._add(" ".join(reason.split()))

    def reason(self) -> str | None:
        """The newest reason that is known."""
        return next((line for line in reversed(self._lines()) if line != _START), None)

    def settled(self) -> None:
        """This start has lasted: forget it, and those before it."""
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

    def _add(self, line: str) -> None:
        if self._path is None:
            return
        try:
            # One write to the end: a process that is killed in it leaves a whole line or none.
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            _log.warning("%s: %s; failed starts are not counted", self._path, error.strerror)
