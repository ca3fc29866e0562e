"""Describing without being asked: what is new, and likely, once."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from functools import partial

from earsight.errors import EarsightError
from earsight.interaction.context import Context
from earsight.interaction.heard import SceneReport
from earsight.interaction.look_interval import IntervalChange, LookInterval
from earsight.language.utterance import Priority, Utterance
from earsight.message import message
from earsight.scene import Scene
from earsight.system import time_limits
from earsight.vision.describer import LookRequest
from earsight.vision.novelty import KnownScene
from earsight.voice.sound import VoiceError

_log = logging.getLogger(__name__)


class Narration:
    """Looks from time to time, and says what the wearer does not know yet.

    Attributes:
        interval: How often it looks.
    """

    def __init__(self, context: Context, is_busy: Callable[[], bool]) -> None:
        """Args:
        context: What looks and speaks, and what the wearer knows.
        is_busy: Whether the wearer has asked for something: that comes first.
        """
        self._context = context
        self._is_busy = is_busy
        self.interval = LookInterval()
        self._wordless: Scene | None = None
        """The newest scene of which there was nothing to say."""
        self._last_good = -math.inf
        """When the newest picture without a problem was taken, on time.monotonic()."""

    async def run(self) -> None:
        """Look as often as the settings say, for ever; less often where the board can't keep up."""
        last = -math.inf
        while True:
            every, now = self._context.preferences.values.narration, time.monotonic()
            if every is not None and now >= last + self.interval.seconds(every):
                last = now
                if not self._is_busy():
                    await self._look_once()
                self._tell_interval(every)
            # In short naps: new settings may shorten the interval at any time.
            rest = math.inf if every is None else last + self.interval.seconds(every) - time.monotonic()
            await asyncio.sleep(min(time_limits.NARRATION_NAP, max(0.0, rest)))

    def _tell_interval(self, every: float) -> None:
        change = self.interval.change(every)
        if change is IntervalChange.LONGER:
            less_often, cant_keep_up = message("narration.less_often"), message("narration.cant_keep_up")
            text = less_often if self.interval.throttled else cant_keep_up
            self._context.notices.trouble("look interval", text, over=message("narration.as_before"))
        elif change is IntervalChange.AS_BEFORE:
            self._context.notices.trouble("look interval", None)

    async def _look_once(self) -> None:
        try:
            scene = await self._look()
            report = self._report(scene)
            if report is not None and not self._is_busy():
                await self._tell(report)
        except (EarsightError, TimeoutError) as error:
            # Unasked, it is silent: notices tell of a lost camera, and a press of the rest.
            _log.debug("no narration: %s", error)
        except Exception:
            _log.exception("narrating failed")

    async def _look(self) -> Scene:
        policy, known = self._context.policy, self._known_scene()
        request = LookRequest(policy.limits, known, language=policy.language.code)
        try:
            async with asyncio.timeout(policy.look_limit):
                look = await self._context.look_worker.look(policy.max_age, request, background=True)
        except TimeoutError:
            self.interval.add_look(policy.look_limit)
            raise
        self.interval.add_look(look.total)
        return look.scene

    def _known_scene(self) -> KnownScene | None:
        """The scene that there is nothing new to say of."""
        description, wordless = self._context.heard.description, self._wordless
        newest = description
        if wordless is not None and (description is None or wordless.captured_at > description.captured_at):
            newest = SceneReport("", wordless.captured_at, wordless.embedding)
        if newest is None or newest.embedding is None:
            return None
        return KnownScene(newest.embedding, self._context.policy.novelty)

    def _report(self, scene: Scene) -> SceneReport | None:
        """What to say of a scene; None when it is not worth the wearer's ear."""
        if scene.problem is None:
            self._last_good = max(self._last_good, scene.captured_at)
        elif self._knows_problem(scene):
            return None
        if scene.known:
            return None
        description = self._context.policy.language.describe(scene, self._context.policy.phrasing)
        if scene.problem is None and description.abstained:
            self._wordless = scene
            return None
        return SceneReport(description.text, scene.captured_at, scene.embedding, scene.problem)

    def _knows_problem(self, scene: Scene) -> bool:
        """Whether the wearer has heard of this problem since the picture was good for the last time."""
        known, description = self._context.heard.problem, self._context.heard.description
        if known is None or known.problem is not scene.problem:
            return False
        last_good = max(self._last_good, description.captured_at if description else -math.inf)
        return known.captured_at > last_good

    async def _tell(self, report: SceneReport) -> None:
        """What never sounds stays new, for the next look."""
        _log.info("narration: %s", report.text)
        expires_at = time.monotonic() + time_limits.NARRATION_LIFE
        utterance = Utterance(report.text, Priority.NARRATION, self._context.policy.language.code, expires_at)
        try:
            await self._context.speaker.say(utterance, partial(self._context.heard.sounded, report))
        except VoiceError as error:
            _log.log(error.level, "%s", error)
