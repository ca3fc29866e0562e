"""Whether somebody sits in front of this program."""

from __future__ import annotations

import sys

from earsight.system.systemd import managed


def at_terminal() -> bool:
    """Whether somebody can read what is printed, and type: not under nohup, cron, a service manager."""
    return not managed() and sys.stdin is not None and sys.stdin.isatty()
