"""Say the newest description again, and how old it is if it is old."""

from __future__ import annotations

import time

from earsight.interaction.turn import Reply, Turn
from earsight.message import Message, counted, message
from earsight.system import time_limits

_MINUTE, _HOUR = 60, 3600


async def repeat(turn: Turn) -> Reply:
    """It is the newest thing that was heard of the surroundings, be it a description or a problem."""
    newest = turn.heard.newest
    if newest is None:
        return Reply((message("repeat.nothing"),))
    return Reply((with_age(newest.text, time.monotonic() - newest.captured_at),))


def with_age(text: str, age: float) -> Message | str:
    """A text with its age in front, unless it is fresh.

    Args:
        text: A description.
        age: Seconds since its picture was taken.
    """
    tens = 10 * round(age / 10)
    if age <= time_limits.DESCRIPTION_FRESH:
        return text
    if tens < _MINUTE:
        return counted("repeat.seconds_ago", tens, text=text)
    if round(age / _MINUTE) < _HOUR / _MINUTE:
        return counted("repeat.minutes_ago", round(age / _MINUTE), text=text)
    return counted("repeat.hours_ago", round(age / _HOUR), text=text)
