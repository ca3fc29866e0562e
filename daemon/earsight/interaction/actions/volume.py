"""Speak louder or more quietly."""

from __future__ import annotations

from earsight.interaction.turn import Reply, Turn
from earsight.message import message


async def louder(turn: Turn) -> Reply:
    """By one step."""
    changed = turn.preferences.louder()
    return Reply((message("volume.louder") if changed else message("volume.loudest"),))


async def quieter(turn: Turn) -> Reply:
    """By one step."""
    changed = turn.preferences.quieter()
    return Reply((message("volume.quieter") if changed else message("volume.quietest"),))
