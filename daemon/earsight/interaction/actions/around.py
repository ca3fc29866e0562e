"""Say what is to the left, ahead and to the right."""

from __future__ import annotations

from earsight.interaction.heard import SceneReport
from earsight.interaction.turn import Reply, Turn
from earsight.language.around import around as worded


async def around(turn: Turn) -> Reply:
    """In that order, with how many there are."""
    scene = await turn.look()
    description, things = worded(scene, turn.phrasing, turn.language)
    report = SceneReport(description.text, scene.captured_at, scene.embedding, scene.problem, things)
    return Reply((description.text,), report)
