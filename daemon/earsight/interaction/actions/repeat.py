"""Say the newest description or text again, and how old it is if it is old."""

from __future__ import annotations

import time
from dataclasses import replace

from earsight.interaction.recital import Recital
from earsight.interaction.turn import Reply, Turn
from earsight.message import Message, counted, message
from earsight.system import time_limits

_MINUTE, _HOUR = 60, 3600


async def repeat(turn: Turn) -> Reply:
    """It is the newest thing that was heard of the surroundings: a description, a problem or a text."""
    newest, text = turn.heard.newest, turn.heard.text
    if text is not None and (newest is None or newest.captured_at < text.captured_at):
        again = Recital(turn, text.told, text.captured_at).go_on()
        age = time.monotonic() - text.captured_at
        announced = with_age(message("repeat.text"), age)
        return again if age <= time_limits.DESCRIPTION_FRESH else replace(again, words=(announced,))
    if newest is None:
        return Reply((message("repeat.nothing"),))
    return Reply((with_age(newest.text, time.monotonic() - newest.captured_at),))


def with_age(text: Message | str, age: float) -> Message | str:
    """A text with its age in front, unless it is fresh.

    Args:
        text: What is repeated, or the beginning of it.
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
