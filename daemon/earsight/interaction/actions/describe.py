"""Say what is in front of the wearer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from earsight.errors import EarsightError
from earsight.interaction.heard import SceneReport
from earsight.interaction.turn import Reply, Turn
from earsight.language.reading import sign
from earsight.language.scene_plan import groups
from earsight.vision.describer import TEXT


async def describe(turn: Turn) -> Reply:
    """What matters most, in a few words."""
    return await _describe(turn, detail=False)


async def detail(turn: Turn) -> Reply:
    """With more detail, and afterwards the largest text, if there is any that is likely."""
    described = await _describe(turn, detail=True)
    reading = asyncio.ensure_future(turn.look(TEXT))  # while the description is being said
    reading.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # it may fail unheard
    handling = asyncio.current_task()
    assert handling is not None
    handling.add_done_callback(lambda _: reading.cancel())

    async def mention_text() -> Reply:
        with suppress(EarsightError, TimeoutError):  # nobody has asked for it
            if (text := (await reading).text) is not None:
                return Reply(sign(text, turn.language))
        return Reply()

    return replace(described, then=mention_text)


async def _describe(turn: Turn, *, detail: bool) -> Reply:
    scene = await turn.look()
    text = turn.language.describe(scene, turn.phrasing, detail=detail).text
    things = tuple(groups(scene, turn.phrasing))
    return Reply((text,), SceneReport(text, scene.captured_at, scene.embedding, scene.problem, things))
