"""Telling without being asked what has changed, and describing what is new: what is likely, once."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from earsight.errors import EarsightError
from earsight.interaction.context import Context
from earsight.interaction.heard import SceneReport
from earsight.interaction.look_interval import IntervalChange, LookInterval
from earsight.interaction.surroundings import Surroundings
from earsight.interaction.word_budget import WordBudget
from earsight.language.language import Phrasing
from earsight.language.scene_plan import groups
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
        self._surroundings = Surroundings()
        self._budget = WordBudget()
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
            known = self._known_scene()
            describes = self._words_left() >= self._context.policy.phrasing.words
            scene = await self._look(lambda scene: describes and _is_new(scene, known))
            report = self._report(scene, describes=describes and _is_new(scene, known))
            if report is not None and not self._is_busy():
                await self._tell(report)
        except (EarsightError, TimeoutError) as error:
            # Unasked, it is silent: notices tell of a lost camera, and a press of the rest.
            _log.debug("no narration: %s", error)
        except Exception:
            _log.exception("narrating failed")

    async def _look(self, worth_captions: Callable[[Scene], bool]) -> Scene:
        policy = self._context.policy
        code = policy.language.code
        request = LookRequest(policy.limits, worth_captions=worth_captions, language=code)
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

    def _report(self, scene: Scene, *, describes: bool) -> SceneReport | None:
        """What to say of a scene; None when it is not worth the wearer's ear.

        Args:
            scene: What was seen.
            describes: Whether the place is new, and there are words left to describe it.
        """
        if scene.problem is not None:
            return None if self._knows_problem(scene) else self._described(scene)
        self._last_good = max(self._last_good, scene.captured_at)
        changes = self._changes(scene)
        return self._described(scene) if describes else changes

    def _described(self, scene: Scene) -> SceneReport | None:
        """A whole description; None where there is nothing likely to say."""
        policy = self._context.policy
        description = policy.language.describe(scene, _likely(policy.phrasing))
        if scene.problem is None and (description.abstained or self._is_last_said(description.text)):
            self._wordless = scene
            return None
        things = tuple(groups(scene, policy.phrasing))
        return SceneReport(description.text, scene.captured_at, scene.embedding, scene.problem, things)

    def _changes(self, scene: Scene) -> SceneReport | None:
        """What has come, is close now, or is gone."""
        policy, newest = self._context.policy, self._context.heard.description
        changes = self._surroundings.look(groups(scene, policy.phrasing), newest)
        words = min(policy.phrasing.words, self._words_left())
        text, told = policy.language.changes(changes, words)
        if not text or self._is_last_said(text):
            return None
        known, things = self._known_scene(), self._surroundings.known_after(told)
        place = scene.embedding if known is None else known.embedding
        return SceneReport(text, scene.captured_at, place, things=things)

    def _is_last_said(self, text: str) -> bool:
        """The same sentence is not said twice in a row."""
        newest = self._context.heard.description
        return newest is not None and newest.text == text

    def _words_left(self) -> int:
        return self._budget.left(time.monotonic(), self._context.policy.words_per_minute)

    def _knows_problem(self, scene: Scene) -> bool:
        """Whether the wearer has heard of this problem since the picture was good for the last time."""
        known, description = self._context.heard.problem, self._context.heard.description
        if known is None or known.problem is not scene.problem:
            return False
        last_good = max(self._last_good, description.captured_at if description else -math.inf)
        return known.captured_at > last_good

    async def _tell(self, report: SceneReport) -> None:
        """What never sounds stays new, for the next look, and so does what would be too many words."""
        if len(report.text.split()) > self._words_left():
            return
        _log.info("narration: %s", report.text)
        expires_at = time.monotonic() + time_limits.NARRATION_LIFE
        utterance = Utterance(report.text, Priority.NARRATION, self._context.policy.language.code, expires_at)
        try:
            await self._context.speaker.say(utterance, partial(self._sounded, report))
        except VoiceError as error:
            _log.error("%s", error)

    def _sounded(self, report: SceneReport) -> None:
        self._budget.spend(time.monotonic(), report.text)
        self._context.heard.sounded(report)


def _is_new(scene: Scene, known: KnownScene | None) -> bool:
    """Whether a scene is another place than the one that there is nothing new to say of."""
    return known is None or scene.embedding is None or not known.includes(scene.embedding)


def _likely(phrasing: Phrasing) -> Phrasing:
    """Nothing that would be said with doubt: nobody has asked."""
    return replace(
        phrasing,
        probably=phrasing.plain,
        maybe=phrasing.plain,
        object_probably=phrasing.object_plain,
        walking=phrasing.object_plain,
        caption=max(phrasing.caption, phrasing.plain),
    )
