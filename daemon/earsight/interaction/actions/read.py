"""Read text aloud, and spell it."""

from __future__ import annotations

import time

from earsight.interaction.recital import Recital
from earsight.interaction.turn import Reply, Turn
from earsight.language.reading import Passage, further_passages, passages, spelled
from earsight.message import message
from earsight.scene import Reading, ReadsOn


async def read(turn: Turn) -> Reply:
    """All text in front of the camera, from its beginning."""
    scene = await turn.look()
    if scene.text is None:
        told, rest = passages(scene, turn.language), None
    else:
        told, rest = await _begun(turn, scene.text)
    if not any(passage.verbatim for passage in told):
        return Reply(tuple(word for passage in told for word in passage.words))
    return Recital(turn, told, scene.captured_at, rest).go_on()


async def _begun(turn: Turn, part: Reading) -> tuple[tuple[Passage, ...], ReadsOn | None]:
    """What is told of the first part that has a line, and what comes after it."""
    told = further_passages((), part, turn.language)
    while not told and part.rest is not None:
        part = await turn.read_on(part.rest)
        told = further_passages((), part, turn.language)
    return told, part.rest


async def spell(turn: Turn) -> Reply:
    """The line that was read last."""
    newest = turn.heard.text
    if newest is None:
        return Reply((message("reading.nothing_to_spell"),))
    letters = tuple(Passage(passage.words) for passage in spelled(newest.last, turn.language))
    return Recital(turn, letters, time.monotonic()).go_on()
