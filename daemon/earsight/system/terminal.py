"""Whether somebody sits in front of this program."""

from __future__ import annotations

import sys


def at_terminal() -> bool:
    """Whether somebody can type: not under cron or a service manager, which leave standard input empty.

    The variables of a service manager don't count: every program that it has started inherits them, a
    terminal on a desktop too.
    """
    return sys.stdin is not None and sys.stdin.isatty()
