"""Switching the board off.

The service has no right to do that, and gets none. It leaves a file that systemd waits for
(systemd/earsight-power-off.path), and systemd switches the board off.
"""

from __future__ import annotations

import os
from pathlib import Path

from earsight.errors import EarsightError
from earsight.message import message


class PowerOffError(EarsightError):
    """The board can't be switched off from here."""

    spoken = message("error.power_off")


def request_file() -> Path | None:
    """The file that systemd waits for, as the unit names it; None if this is not the installed service."""
    file = os.environ.get("EARSIGHT_POWER_OFF", "")
    return Path(file) if file else None


def request_power_off() -> None:
    """Ask systemd to switch the board off, which takes it a moment.

    Raises:
        PowerOffError: It can't be asked.
    """
    file = request_file()
    if file is None:
        raise PowerOffError("only the installed service can switch the board off")
    try:
        file.touch()
    except OSError as error:
        raise PowerOffError(f"{file}: {error.strerror}: systemd can't be asked to switch off") from error
