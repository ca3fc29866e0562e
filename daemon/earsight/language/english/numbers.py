"""Numbers and times, as English speech engines read them rightly."""

from __future__ import annotations

from datetime import time

from earsight.message import Number


def shown(value: Number) -> str:
    """A number of a message: 1.5 is "1.5", and 19:05 is "7:05 PM"."""
    if not isinstance(value, time):
        return f"{value:g}" if isinstance(value, float) else str(value)
    half, hour = "AM" if value.hour < 12 else "PM", value.hour % 12 or 12
    # A speech engine reads 7:00 as "seven zero zero".
    return f"{hour}:{value.minute:02} {half}" if value.minute else f"{hour} {half}"
