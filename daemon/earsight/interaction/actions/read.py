"""Read text aloud, and spell it."""

from __future__ import annotations

import time

from earsight.interaction.recital import Recital
from earsight.interaction.turn import Reply, Turn
from earsight.language.reading import Passage, passages, spelled
from earsight.message import message


async def read(turn: Turn) -> Reply:
    """All text in front of the camera, from its beginning."""
    scene = await turn.look()
    told = passages(scene, turn.language)
    if not any(passage.verbatim for passage in told):
        return Reply(tuple(word for passage in told for word in passage.words))
    return Recital(turn, told, scene.captured_at).go_on()


async def spell(turn: Turn) -> Reply:
    """The line that was read last."""
    newest = turn.heard.text
    if newest is None:
        return Reply((message("reading.nothing_to_spell"),))
    letters = tuple(Passage(passage.words) for passage in spelled(newest.last, turn.language))
    return Recital(turn, letters, time.monotonic()).go_on()
