"""Look for a thing, and guide the wearer to it by ticks and words."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from earsight.actions import ArgumentError
from earsight.cameras.source import CameraError
from earsight.interaction import finding_times
from earsight.interaction.actions.menu import Menu
from earsight.interaction.guidance import Guidance, Seen, Tick, Unseen
from earsight.interaction.turn import Perform, Reply, Turn
from earsight.language.finding import called, named, seen_text, target, unseen_text
from earsight.language.language import PROBLEMS, capitalized
from earsight.message import Message, message
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from earsight.vision.describer import LookRequest
from earsight.voice.ticks import render_ticks

_REQUEST = LookRequest(captions=False)


def check(argument: str) -> None:
    """Raises ArgumentError for what is no word for a thing."""
    try:
        named(argument)
    except ValueError as error:
        raise ArgumentError(f"the action find looks for {error}") from None


async def find(turn: Turn) -> Reply:
    """Look for what was asked for, until a press or for a minute; without that, offer the favourites."""
    if turn.argument is None:
        return _offer(turn)
    try:
        name = named(turn.argument)
    except ValueError:
        return Reply((message("find.unknown", things=capitalized(turn.argument)),))
    search = _Search(turn, name)
    return Reply((message("find.begun", things=search.things),), dialogue=Searching(), then=search.run)


def _offer(turn: Turn) -> Reply:
    """The favourites, as a menu."""

    def label(word: str) -> str:
        return capitalized(called(named(word), turn.language))

    offered = Menu(turn.finding.favourites, label, partial(Perform, "find"))
    return Reply((message("find.what"), offered.entry), dialogue=offered)


class Searching:
    """A search that goes on: any press ends it."""

    def press(self, _source: str, _gesture: Gesture) -> Reply:
        """See Dialogue."""
        return self.expire()

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("find.stopped"),))


class _Search:
    """One search: looks on and on, and beside that lets the wearer hear what they give."""

    def __init__(self, turn: Turn, name: str) -> None:
        self._turn, self._name = turn, name
        self._limits = turn.finding.limits
        self._guidance: Guidance
        self._lost: CameraError | None = None
        self._lost_told_at = -finding_times.UNSEEN_AGAIN

    @property
    def things(self) -> str:
        """What is looked for, as it is called."""
        return called(self._name, self._turn.language)

    async def run(self) -> Reply:
        """Until it is over, and what is said then."""
        self._guidance = Guidance(self._limits, self._turn.phrasing, time.monotonic())
        parts = [asyncio.create_task(part(), name="search") for part in (self._look_on, self._guide)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _look_on(self) -> Reply:
        """Until it turns out that the thing can't be looked for."""
        while True:
            again_at = time.monotonic() + 1 / self._turn.finding.looks_per_second
            try:
                known = await self._look()
            except CameraError as error:
                self._lost = error
                again_at += time_limits.CAMERA_RETRY
            else:
                if self._lost is not None:
                    self._guidance.resumed(time.monotonic())
                self._lost = None
                if not known:
                    return Reply((message("find.unknown", things=capitalized(self.things)),))
            await asyncio.sleep(max(0.0, again_at - time.monotonic()))

    async def _look(self) -> bool:
        """Look once. False if the detector doesn't know the thing."""
        scene = await self._turn.look(_REQUEST)
        if scene.problem is not None:
            self._guidance.unusable(scene.problem)
            return True
        wanted = target(self._name, scene.findable)
        if wanted is not None:
            self._guidance.look(scene.captured_at, wanted.among(scene.objects), wanted.presence(scene))
        return wanted is not None

    async def _guide(self) -> Reply:
        """Until the search has lasted long enough."""
        ends_at = time.monotonic() + finding_times.LASTS
        while (now := time.monotonic()) < ends_at:
            if self._lost is None:
                await self._hear(now)
            elif now - self._lost_told_at >= finding_times.UNSEEN_AGAIN:
                self._lost_told_at = now
                await self._turn.say(self._lost.spoken)
            else:
                await asyncio.sleep(finding_times.POLL)
        return Reply((message("find.given_up", things=self.things),))

    async def _hear(self, now: float) -> None:
        """Let the wearer hear what there is to hear now, or wait a moment."""
        cue = self._guidance.cue(now)
        if isinstance(cue, Seen):
            await self._turn.say(seen_text(cue.group, self._turn.language))
        elif isinstance(cue, Unseen):
            await self._turn.say(self._unseen(cue))
        elif isinstance(cue, Tick):
            count = max(1, round(finding_times.TICKS / cue.interval))
            await self._turn.play(render_ticks(cue.pan, cue.interval, count))
            await asyncio.sleep(max(0.0, now + count * cue.interval - time.monotonic()))
        else:
            await asyncio.sleep(finding_times.POLL)

    def _unseen(self, cue: Unseen) -> Message | str:
        if cue.problem is not None:
            return PROBLEMS[cue.problem]
        return unseen_text(self._name, cue.presence, self._limits, self._turn.language)
