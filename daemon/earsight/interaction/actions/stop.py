"""Silence."""

from __future__ import annotations

from earsight.interaction.turn import Reply, Turn


async def stop(_turn: Turn) -> Reply:
    """Whatever went on has ended already, since a new request takes its place."""
    return Reply()
