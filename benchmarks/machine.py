"""The machine that something was measured on, in a line."""

from __future__ import annotations

import os

from earsight.bench.machine import machine


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def processor() -> str:
    """Return the processor's name and the number of cores that this process may use."""
    found = machine()
    return f"{found['processor']} ({found['architecture']}), {found['cores']} cores"
