"""The policy: what each press means, and what is worth saying.

Runs on the event loop. A newer press supersedes whatever an older one is doing; narration never gets in
the way of what was asked for.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from earsight.errors import EarsightError
from earsight.interaction.look_interval import LookInterval
from earsight.interaction.notices import Notices
from earsight.language.language import PROBLEMS, Description, Language, Phrasing
from earsight.language.utterance import Priority, Utterance
from earsight.message import Message, message
from earsight.scene import Problem, Scene
from earsight.system import time_limits
from earsight.triggers.trigger import ButtonDown, Gesture, InputEvent, Press
from earsight.vision.describer import Look, LookRequest
from earsight.vision.look_worker import LookWorker
from earsight.vision.novelty import KnownScene
from earsight.vision.quality import QualityLimits
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome

_log = logging.getLogger(__name__)

Answer = Callable[[], Awaitable[Message | str]]


class PressEnd(StrEnum):
    """How a press ended. Every press ends in exactly one of these. NOT_SPOKEN: the voice itself failed."""

    SPOKEN = "spoken"
    ERROR_SPOKEN = "error spoken"
    SUPERSEDED = "superseded"
    NOT_SPOKEN = "not spoken"


@dataclass(frozen=True, slots=True)
class Policy:
    """What of the configuration the narrator goes by; replaced as a whole on reload.

    max_age: seconds. limits: None judges no picture. every: seconds between looks of its own, None for
    none. novelty: cosine distance, 0..2. earcons: whether a press is answered by a tone. look_limit: seconds
    for one look; more means that the look worker hangs, and the wearer must hear something.
    """

    max_age: float
    phrasing: Phrasing
    limits: QualityLimits | None
    every: float | None
    novelty: float
    earcons: bool
    language: Language
    look_limit: float = 10.0


class Narrator:
    """Turns presses and time into utterances. speaker and policy may be replaced while it runs. notices: what
    the wearer has to know; said by whoever runs Notices.say()."""

    def __init__(self, look_worker: LookWorker, speaker: Speaker, policy: Policy) -> None:
        self.speaker = speaker
        self.policy = policy
        self.pace = LookInterval()
        self.notices = Notices()
        self._look_worker = look_worker
        self._button_down: tuple[float, asyncio.Future[Look]] | None = None
        self._answering: asyncio.Task[PressEnd] | None = None
        self._tones: set[asyncio.Task[None]] = set()
        self._last_description: str | None = None
        self._known: np.ndarray | None = None
        self._known_problem: Problem | None = None

    def press(self, press: InputEvent) -> asyncio.Future[PressEnd] | None:
        """Take what happened at an input.

        Returns:
            How the press ended; None for a ButtonDown, since its gesture follows, and for gestures without a
            meaning.
        """
        if isinstance(press, ButtonDown):
            self._look_since_down(press)
            self._button_down = press.at, self._begin_look()
            return None
        if press.gesture in (Gesture.TRIPLE, Gesture.VERY_LONG):
            return None
        look = self._look_since_down(press)
        if press.gesture is Gesture.DOUBLE:
            self._hush()
            self._answering = self._begin_answer(self._repeat)
        else:
            look = look or self._begin_look()
            self._answering = self._begin_answer(partial(self._see, look, press.gesture))
            # Once superseded it is not needed: it would only hold up the next.
            self._answering.add_done_callback(lambda _: look.cancel())
        return _end_of(self._answering)

    def answer(self, said: Message) -> None:
        """Say something that was asked for by other means than a look."""
        self._hush()

        async def known() -> Message:
            return said

        self._answering = self._begin_answer(known)

    @property
    def described(self) -> bool:
        """Whether a picture has come to words yet."""
        return self._last_description is not None

    async def close(self) -> None:
        """End what is being said. LookWorker and speaker belong to whoever made them."""
        self._hush()
        if tasks := [task for task in (self._answering, *self._tones) if task]:
            await asyncio.wait(tasks)

    async def narrate(self) -> None:
        """Describe what is new every ``policy.every`` seconds, for ever; idle while that is None. Less often
        where the board can't keep up."""
        last = -math.inf
        while True:
            every, now = self.policy.every, time.monotonic()
            if every is not None and now >= last + self.pace.period(every):
                last = now
                if not self._asked():
                    await self._narrate_once()
                self._tell_pace(every)
            # In short naps: a new policy may shorten the period at any time.
            rest = math.inf if every is None else last + self.pace.period(every) - time.monotonic()
            await asyncio.sleep(min(time_limits.NARRATION_NAP, max(0.0, rest)))

    # Presses

    def _look_since_down(self, press: InputEvent) -> asyncio.Future[Look] | None:
        """The look that began when the button went down for this press; any other is called off."""
        if self._button_down is None:
            return None
        (at, look), self._button_down = self._button_down, None
        if isinstance(press, Press) and at == press.at and press.gesture in (Gesture.SHORT, Gesture.LONG):
            return look
        look.cancel()
        return None

    def _begin_answer(self, answer: Answer) -> asyncio.Task[PressEnd]:
        return asyncio.create_task(self._answer(answer), name="answer")

    def _begin_look(self) -> asyncio.Future[Look]:
        """Silence, a tone and a picture at once: which gesture it becomes may not be known yet."""
        self._hush()
        if self.policy.earcons:
            self._sound(Earcon.LOOK)
        look = self._look_worker.look(self.policy.max_age, LookRequest(self.policy.limits))
        # A look that nobody asks for any more may fail unheard.
        look.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return look

    def _hush(self) -> None:
        if self._answering and not self._answering.done():
            self._answering.cancel()
        self.speaker.silence()

    def _sound(self, earcon: Earcon) -> None:
        tone = asyncio.create_task(self._tone(earcon), name="earcon")
        self._tones.add(tone)
        tone.add_done_callback(self._tones.discard)

    async def _tone(self, earcon: Earcon) -> None:
        try:
            await self.speaker.earcon(earcon)
        except VoiceError as error:
            _log.error("%s", error)
        except Exception:
            _log.exception("the earcon failed")

    async def _answer(self, answer: Answer) -> PressEnd:
        spoken_of, limit = PressEnd.SPOKEN, self.policy.look_limit
        try:
            with self.speaker.only_answers():
                try:
                    said = await answer()
                except (EarsightError, TimeoutError) as error:
                    spoken_of, said = PressEnd.ERROR_SPOKEN, spoken_of_error(error)
                    _log.error("%s", error if str(error) else f"no description within {limit:g} s")
                except Exception:  # whatever broke, the wearer who pressed must hear that it did
                    spoken_of, said = PressEnd.ERROR_SPOKEN, EarsightError.spoken
                    _log.exception("describing failed")
                outcome = await self._say(self._text(said), Priority.ANSWER, time_limits.ANSWER_LIFE)
        except VoiceError as error:
            _log.error("%s", error)
            self._sound(Earcon.ERROR)  # the tone may be heard where the words could not be made
            return PressEnd.NOT_SPOKEN
        except Exception:
            _log.exception("speaking failed")
            self._sound(Earcon.ERROR)
            return PressEnd.NOT_SPOKEN
        if outcome is Outcome.STALE:
            _log.error("the answer came too late to be said")
            self._sound(Earcon.ERROR)
            return PressEnd.NOT_SPOKEN
        return spoken_of if outcome is Outcome.SPOKEN else PressEnd.SUPERSEDED

    def _text(self, said: Message | str) -> str:
        return self.policy.language.text(said) if isinstance(said, Message) else said

    async def _repeat(self) -> Message | str:
        return self._last_description or message("repeat.nothing")

    async def _see(self, looking: asyncio.Future[Look], gesture: Gesture) -> Message | str:
        async with asyncio.timeout(self.policy.look_limit):
            scene = (await looking).scene
        self._known_problem = scene.problem
        if scene.problem:
            return PROBLEMS[scene.problem]
        self._last_description = self._described(scene, detail=gesture is Gesture.LONG).text
        self._known = scene.embedding
        return self._last_description

    async def _say(self, text: str, priority: Priority, life: float) -> Outcome:
        _log.info("%s: %s", priority.name.lower(), text)
        return await self.speaker.say(Utterance(text, priority, time.monotonic() + life))

    # Narration

    def _asked(self) -> bool:
        down = self._button_down is not None and not self._button_down[1].done()
        return down or (self._answering is not None and not self._answering.done())

    def _tell_pace(self, every: float) -> None:
        longer = self.pace.news(every)
        if longer:
            strained, slow = message("narration.less_often"), message("narration.cant_keep_up")
            over = message("narration.as_before")
            self.notices.trouble("pace", strained if self.pace.strained else slow, over=over)
        elif longer is False:
            self.notices.trouble("pace", None)

    async def _narrate_once(self) -> None:
        try:
            scene = await self._look_for_news()
            if scene.known:
                self._known_problem = None  # the picture is good again, of the same scene
            elif not self._asked() and (text := self._news(scene)):
                await self._tell(scene, text)
        except (EarsightError, TimeoutError) as error:
            # Unasked, it is silent: the service tells of a lost camera once, and a press says the rest.
            _log.debug("no narration: %s", error)
        except Exception:
            _log.exception("narrating failed")

    async def _look_for_news(self) -> Scene:
        policy = self.policy
        known = None if self._known is None else KnownScene(self._known, policy.novelty)
        try:
            async with asyncio.timeout(policy.look_limit):
                look = await self._look_worker.look(
                    policy.max_age, LookRequest(policy.limits, known), background=True
                )
        except TimeoutError:
            self.pace.looked(policy.look_limit)
            raise
        self.pace.looked(look.total)
        return look.scene

    async def _tell(self, scene: Scene, text: str) -> None:
        """Narrate; what never sounded is news again at the next look."""
        before = self._known, self._known_problem, self._last_description
        self._told(scene, text)  # before its end: it can be repeated while it is said
        heard = False
        try:
            outcome = await self._say(text, Priority.NARRATION, time_limits.NARRATION_LIFE)
            heard = outcome in (Outcome.SPOKEN, Outcome.INTERRUPTED)
        except VoiceError as error:
            _log.error("%s", error)
        if not heard:
            self._known, self._known_problem, self._last_description = before

    def _news(self, scene: Scene) -> str | None:
        """What to say of a new scene; None when it is not worth the wearer's ear."""
        if scene.problem:
            known = scene.problem is self._known_problem
            return None if known else self.policy.language.text(PROBLEMS[scene.problem])
        description = self._described(scene)
        if not description.abstained:
            return description.text
        self._told(scene, None)  # there is no more to this scene
        return None

    def _described(self, scene: Scene, *, detail: bool = False) -> Description:
        return self.policy.language.describe(scene, self.policy.phrasing, detail=detail)

    def _told(self, scene: Scene, text: str | None) -> None:
        """Remember what the wearer hears of."""
        self._known_problem = scene.problem
        if not scene.problem:
            self._known = scene.embedding
            self._last_description = text or self._last_description


def spoken_of_error(error: Exception) -> Message:
    """What a wearer hears of it; the log has the error itself."""
    return error.spoken if isinstance(error, EarsightError) else EarsightError.spoken


def _end_of(answering: asyncio.Task[PressEnd]) -> asyncio.Future[PressEnd]:
    """How it ends, also when a newer press cancels it before it has begun."""
    end: asyncio.Future[PressEnd] = asyncio.get_running_loop().create_future()

    def ended(task: asyncio.Task[PressEnd]) -> None:
        if not end.done():
            end.set_result(PressEnd.SUPERSEDED if task.cancelled() else task.result())

    answering.add_done_callback(ended)
    return end
