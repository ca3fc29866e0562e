"""Speak faster or more slowly."""

from __future__ import annotations

from earsight.interaction.turn import Reply, Turn
from earsight.message import message


async def faster(turn: Turn) -> Reply:
    """By one step."""
    changed = turn.preferences.faster()
    return Reply((message("rate.faster") if changed else message("rate.fastest"),))


async def slower(turn: Turn) -> Reply:
    """By one step."""
    changed = turn.preferences.slower()
    return Reply((message("rate.slower") if changed else message("rate.slowest"),))
