"""Numbers and times, as Indonesian speech engines read them rightly."""

from __future__ import annotations

from datetime import time

from earsight.message import Number


def shown(value: Number) -> str:
    """A number of a message: 1.5 is "1,5", and 19:05 is "19 lewat 5 menit".

    As "1.5" and "19.05", eSpeak NG would read out the full stop.
    """
    if isinstance(value, time):
        return f"{value.hour} lewat {value.minute} menit" if value.minute else str(value.hour)
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
