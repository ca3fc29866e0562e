"""Turn narration on or off."""

from __future__ import annotations

from earsight.interaction.turn import Reply, Turn
from earsight.message import message


async def narration(turn: Turn) -> Reply:
    """Say which."""
    is_on = turn.preferences.toggle_narration()
    return Reply((message("narration.on") if is_on else message("narration.off"),))
