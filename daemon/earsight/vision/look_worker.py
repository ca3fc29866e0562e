"""Looking: from the camera's newest frames to captions, in one worker thread of its own.

The captioner is not for two threads at once, and the event loop must never wait for it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

import numpy as np

from earsight.cameras.camera import PATIENCE, Camera
from earsight.captioners.captioner import Captioner, Encoding
from earsight.scene import Caption, Frame, Problem
from earsight.vision.novelty import cosine_distance
from earsight.vision.quality import QualityLimits, assess, sharpness

_T = TypeVar("_T")

THREAD = "eyes"
"""Name of the thread in which all looking happens."""


@dataclass(frozen=True, slots=True)
class View:
    """What one look gave: a problem with the picture, or captions, best first, and its embedding."""

    problem: Problem | None = None
    embedding: np.ndarray | None = None
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """A look for what is new. view: None where nothing is. seconds: what the work took, without the wait for
    a turn and for a picture: how fast the board is."""

    view: View | None
    seconds: float


class LookWorker:
    """The camera and the captioner together.

    load makes the captioner, in the worker thread, when it is first needed; while it fails (a damaged
    model) it is tried again at every look, so that a mended model needs no restart.
    """

    def __init__(self, camera: Camera, load: Callable[[], Captioner]) -> None:
        self._camera, self._load = camera, load
        self._captioner: Captioner | None = None
        self._work: SimpleQueue[tuple[Future, Callable[[], object]] | None] = SimpleQueue()
        # A daemon thread: an inference that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def look(self, max_age: float, limits: QualityLimits | None) -> asyncio.Future[View]:
        """Describe the sharpest of the frames not older than max_age seconds. limits: None judges none.

        The future raises CameraError or StaleFrame without a picture, CaptionerError without a captioner.
        """

        def work() -> View:
            frame = self._sharpest(max_age)
            return self._problem(frame, limits) or self._describe(self._encode(frame))

        return self._submit(work)

    def look_for_news(
        self, max_age: float, limits: QualityLimits | None, known: np.ndarray | None, novelty: float
    ) -> asyncio.Future[Glance]:
        """Like look(), but nothing is decoded when the scene is within novelty of the known embedding."""

        def news(frame: Frame) -> View | None:
            if problem := self._problem(frame, limits):
                return problem
            encoding = self._encode(frame)
            if known is not None and cosine_distance(encoding.embedding, known) < novelty:
                return None
            return self._describe(encoding)

        def work() -> Glance:
            frame = self._sharpest(max_age)
            began = time.monotonic()
            view = news(frame)
            return Glance(view, time.monotonic() - began)

        return self._submit(work)

    def ready(self) -> asyncio.Future[None]:
        """Load the captioner and warm it up. The future raises CaptionerError."""
        return self._submit(lambda: self._loaded().warm_up())

    def pulse(self) -> asyncio.Future[None]:
        """Done when the worker has come to it: a sign of life that a timer could not give."""
        return self._submit(lambda: None)

    def close(self, timeout: float = 2.0) -> None:
        """Let the worker end after what it is doing; wait for that at most timeout seconds."""
        self._work.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _submit(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        if self._thread.ident is None:
            self._thread.start()
        future: Future[_T] = Future()
        self._work.put((future, work))
        return asyncio.wrap_future(future)

    def _run(self) -> None:
        while (item := self._work.get()) is not None:
            future, work = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # whoever asked must learn of it, whatever it is
                future.set_exception(error)
            else:
                future.set_result(result)

    def _loaded(self) -> Captioner:
        if self._captioner is None:
            self._captioner = self._load()
        return self._captioner

    def _sharpest(self, max_age: float) -> Frame:
        return max(self._camera.recent(max_age, PATIENCE), key=lambda frame: sharpness(frame.pixels))

    @staticmethod
    def _problem(frame: Frame, limits: QualityLimits | None) -> View | None:
        problem = assess(frame, limits) if limits else None
        return View(problem=problem) if problem else None

    def _encode(self, frame: Frame) -> Encoding:
        captioner = self._loaded()
        return captioner.encode(captioner.prepare(frame.pixels))

    def _describe(self, encoding: Encoding) -> View:
        return View(embedding=encoding.embedding, captions=tuple(self._loaded().describe(encoding)))
