"""The policy: what each press means, and what is worth saying.

Runs on the event loop. Looking (camera, encoder, decoder) happens in one worker thread, which belongs to
the captioner; speech belongs to the Speaker. A newer press supersedes whatever an older one is doing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from earsight import wording
from earsight.cameras.camera import Camera
from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.onnx import OnnxCaptioner
from earsight.perception.novelty import cosine_distance
from earsight.perception.quality import Problem, QualityLimits, assess, sharpness
from earsight.scene import Caption, Encoding, Frame, Priority, Utterance
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Outcome, Speaker

_log = logging.getLogger(__name__)

# An answer that could not begin within this many seconds describes a scene that has passed.
_ANSWER_LIFE = 10.0
_NARRATION_LIFE = 3.0


class PressEnd(StrEnum):
    """How a press ended. Every press ends in exactly one of these."""

    SPOKEN = "spoken"
    ERROR_SPOKEN = "error spoken"
    SUPERSEDED = "superseded"
    NOT_SPOKEN = "not spoken"
    """The voice itself failed; the log says why."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What of the configuration the narrator goes by; replaced as a whole on reload."""

    max_age: float
    thresholds: wording.Thresholds
    quality: QualityLimits | None
    every: float | None
    novelty: float


@dataclass(frozen=True, slots=True)
class _View:
    """What one look gave: a problem with the picture, or captions with the picture's encoding."""

    problem: Problem | None = None
    encoding: Encoding | None = None
    captions: tuple[Caption, ...] = ()


class Narrator:
    """Turns presses and time into utterances."""

    def __init__(
        self, camera: Camera, captioner: OnnxCaptioner, speaker: Speaker, eyes: Executor, policy: Policy
    ) -> None:
        """eyes: an executor with one thread, since the captioner is not for two at once."""
        self.policy = policy
        self.speaker = speaker
        self._camera, self._captioner, self._eyes = camera, captioner, eyes
        self._view: asyncio.Future[_View] | None = None
        self._answering: asyncio.Task[PressEnd] | None = None
        self._last_answer: str | None = None
        self._last_said: np.ndarray | None = None
        self._last_problem: Problem | None = None

    def press(self, press: Press) -> asyncio.Task[PressEnd] | None:
        """Take a press. The task tells how it ended; a TOUCH has none: its gesture follows."""
        if press.gesture is Gesture.TOUCH:
            self._begin_look()
            return None
        view = None
        if press.gesture is not Gesture.DOUBLE:
            view = self._view or self._begin_look()
        elif self._view is None:
            self._quieten()
        self._view = None
        self._answering = asyncio.get_running_loop().create_task(self._answer(press.gesture, view))
        return self._answering

    async def close(self) -> None:
        """End what is being said. The worker thread belongs to whoever made it."""
        self._quieten()
        if self._answering:
            await asyncio.wait([self._answering])

    def _quieten(self) -> None:
        if self._answering and not self._answering.done():
            self._answering.cancel()
        self.speaker.silence()

    def _begin_look(self) -> asyncio.Future[_View]:
        """Silence, earcon and a picture at once: which gesture it becomes is not known yet."""
        self._quieten()
        self.speaker.start_earcon(Earcon.LOOK)
        loop = asyncio.get_running_loop()
        self._view = loop.run_in_executor(self._eyes, self._look)
        # A look that nobody asks for any more may fail unheard.
        self._view.add_done_callback(lambda view: view.cancelled() or view.exception())
        return self._view

    async def _answer(self, gesture: Gesture, view: asyncio.Future[_View] | None) -> PressEnd:
        failed = False
        try:
            try:
                text = await self._answer_text(gesture, view)
            except CameraError as error:
                failed, text = True, wording.camera_trouble(error)
                _log.error("%s", error)
            except Exception:
                # Whatever broke, the wearer who pressed must hear that it did.
                failed, text = True, wording.WENT_WRONG
                _log.exception("describing failed")
            spoken = await self._say(text, Priority.ANSWER, _ANSWER_LIFE)
        except asyncio.CancelledError:
            return PressEnd.SUPERSEDED
        except VoiceError as error:
            _log.error("%s", error)
            return PressEnd.NOT_SPOKEN
        if not spoken:
            return PressEnd.SUPERSEDED
        return PressEnd.ERROR_SPOKEN if failed else PressEnd.SPOKEN

    async def _answer_text(self, gesture: Gesture, view: asyncio.Future[_View] | None) -> str:
        if view is None:
            return self._last_answer or wording.NOTHING_TO_REPEAT
        # Shielded: the thread goes on anyway, and a cancelled future would hide its end.
        seen = await asyncio.shield(view)
        if seen.problem:
            return wording.PROBLEMS[seen.problem]
        describe = wording.long_description if gesture is Gesture.LONG else wording.short_description
        text = describe(seen.captions, self.policy.thresholds)
        self._last_answer = text
        self._remember(seen)
        return text

    async def _say(self, text: str, priority: Priority, life: float) -> bool:
        _log.info("%s: %s", priority.name.lower(), text)
        utterance = Utterance(text, priority, time.monotonic() + life)
        return await self.speaker.say(utterance) is Outcome.SPOKEN

    async def notice(self, text: str) -> None:
        """Say something that was not asked for but matters. A voice that fails is logged, not raised."""
        try:
            await self._say(text, Priority.NOTICE, _ANSWER_LIFE)
        except VoiceError as error:
            _log.error("%s", error)

    async def narrate(self) -> None:
        """Describe what is new every ``policy.every`` seconds, for ever; idle while it is None."""
        while True:
            began = time.monotonic()
            if self.policy.every is not None and not self._asked_for():
                await self._narrate_once()
            period = 1.0 if self.policy.every is None else self.policy.every
            await asyncio.sleep(max(0.0, began + period - time.monotonic()))

    def _asked_for(self) -> bool:
        return self._view is not None or (self._answering is not None and not self._answering.done())

    async def _narrate_once(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            text = await loop.run_in_executor(self._eyes, self._something_new)
            if text and not self._asked_for():
                await self._say(text, Priority.NARRATION, _NARRATION_LIFE)
        except CameraError as error:
            # The service's watch over the camera tells the wearer, once.
            _log.debug("%s", error)
        except VoiceError as error:
            _log.error("%s", error)
        except Exception:
            _log.exception("narrating failed")

    def _something_new(self) -> str | None:
        """In the worker thread: encode each time, decode only a new scene."""
        frame = self._sharpest()
        problem = self._problem(frame)
        if problem:
            news = problem is not self._last_problem
            self._last_problem = problem
            return wording.PROBLEMS[problem] if news else None
        self._last_problem = None
        encoding = self._captioner.encode(self._captioner.prepare(frame.pixels))
        if self._last_said is not None:
            distance = cosine_distance(encoding.embedding, self._last_said)
            if distance < self.policy.novelty:
                return None
        view = _View(encoding=encoding, captions=tuple(self._captioner.describe(encoding)))
        self._remember(view)
        text = wording.short_description(view.captions, self.policy.thresholds)
        return None if text == wording.CANT_TELL else text

    def _remember(self, view: _View) -> None:
        if view.encoding is not None:
            self._last_said = view.encoding.embedding

    def _look(self) -> _View:
        """In the worker thread."""
        frame = self._sharpest()
        if problem := self._problem(frame):
            return _View(problem=problem)
        encoding = self._captioner.encode(self._captioner.prepare(frame.pixels))
        return _View(encoding=encoding, captions=tuple(self._captioner.describe(encoding)))

    def _sharpest(self) -> Frame:
        frames = self._camera.recent(self.policy.max_age)
        if not frames:
            raise StaleFrame("the camera has no picture yet")
        return max(frames, key=lambda frame: sharpness(frame.pixels))

    def _problem(self, frame: Frame) -> Problem | None:
        return assess(frame, self.policy.quality) if self.policy.quality else None
