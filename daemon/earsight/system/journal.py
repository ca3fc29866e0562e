"""The log of the service: for people at a terminal, and for systemd's journal."""

from __future__ import annotations

import logging
import os
import sys


def log_to_streams(level: int) -> None:
    """Log to standard output, and warnings and errors to standard error.

    Args:
        level: The lowest level that is logged.
    """
    output, errors = _StreamHandler(sys.stdout), _StreamHandler(sys.stderr)
    output.addFilter(lambda record: record.levelno < logging.WARNING)
    errors.setLevel(logging.WARNING)
    for handler in (output, errors):
        handler.setFormatter(_JournalFormatter())
    logging.basicConfig(level=level, handlers=[output, errors])
    if level > logging.DEBUG:
        logging.getLogger("asyncio").setLevel(logging.WARNING)


class _StreamHandler(logging.StreamHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk, or a reader that has gone, loses the line: no traceback for each of them."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _JournalFormatter(logging.Formatter):
    """Plain lines for people; for the journal, each line with its priority (sd-daemon(3))."""

    _PRIORITIES = ((logging.ERROR, "<3>"), (logging.WARNING, "<4>"), (logging.INFO, "<6>"))

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if "JOURNAL_STREAM" not in os.environ:
            return text
        priority = next((mark for level, mark in self._PRIORITIES if record.levelno >= level), "<7>")
        return "\n".join(priority + line for line in text.splitlines())
