"""Say what is in front of the wearer."""

from __future__ import annotations

from earsight.interaction.heard import SceneReport
from earsight.interaction.turn import Reply, Turn
from earsight.language.scene_plan import groups


async def describe(turn: Turn) -> Reply:
    """What matters most, in a few words."""
    return await _describe(turn, detail=False)


async def detail(turn: Turn) -> Reply:
    """With more detail."""
    return await _describe(turn, detail=True)


async def _describe(turn: Turn, *, detail: bool) -> Reply:
    scene = await turn.look()
    text = turn.language.describe(scene, turn.phrasing, detail=detail).text
    things = tuple(groups(scene, turn.phrasing))
    return Reply((text,), SceneReport(text, scene.captured_at, scene.embedding, scene.problem, things))
