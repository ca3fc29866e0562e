"""Looking: from the camera's newest frames to a scene, in one worker thread.

The describer is not for two threads at once, and the event loop must never wait for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

from earsight.cameras.camera import Camera
from earsight.captioners.captioner import DecodingCancelledError
from earsight.errors import EarsightError
from earsight.scene import Frame, Reading, ReadsOn
from earsight.system import reading_times, time_limits
from earsight.vision.describer import CAPTIONS, Describer, Look, LookRequest
from earsight.vision.quality import sharpness
from earsight.vision.stages import Stages

_T = TypeVar("_T")

THREAD = "look worker"
"""Name of the thread in which all looking happens."""


_TEXT_FRAMES = 3
"""In how many of the newest frames text may be read, where it is doubtful."""


class LookSupersededError(EarsightError):
    """A background look that made room for one that somebody waits for."""


@dataclass(slots=True)
class _Job:
    """Work for the thread.

    Attributes:
        work: Is given `unwanted`, to ask it from time to time.
        future: Where the result goes.
        superseded: Set when a look that somebody waits for has come.
        abandoned: Set when nobody waits for the result any more.
    """

    work: Callable[[Callable[[], bool]], object]
    superseded: threading.Event
    future: Future = field(default_factory=Future)
    abandoned: threading.Event = field(default_factory=threading.Event)

    def unwanted(self) -> bool:
        return self.superseded.is_set() or self.abandoned.is_set()

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.work(self.unwanted)
        except DecodingCancelledError:
            self.future.set_exception(LookSupersededError("a newer look came first"))
        except BaseException as error:  # whoever asked must learn of it, whatever it is
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class LookWorker:
    """The camera and the describer together. Its methods are for the event loop's thread.

    While loading the describer fails (a damaged model, say), it is tried again at every look, so that a
    repaired model needs no restart.
    """

    def __init__(self, camera: Camera, load: Callable[[], Describer]) -> None:
        """Starts nothing yet.

        Args:
            camera: Already started, or started before the first look.
            load: Makes the describer; called in the worker thread when it is first needed.
        """
        self._camera, self._load = camera, load
        self._describer: Describer | None = None
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._background_superseded = threading.Event()
        # A daemon thread: an inference that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def look(
        self, max_age: float, request: LookRequest = CAPTIONS, *, background: bool = False
    ) -> asyncio.Future[Look]:
        """Describe the sharpest of the newest frames; for nothing but text, a still if the camera gives one.

        A look ends early, at the next token, when its future is cancelled; a background look also when
        somebody asks for one that is not.

        Args:
            max_age: Seconds; older frames are not looked at.
            request: What is needed.
            background: Whether nobody waits for it, as for narration.

        Returns:
            A future. It raises CameraError or StaleFrame if there is no picture, CaptionerError if the
            describer can't be loaded or fails, and LookSupersededError for a background look that made room.
        """
        if not background:
            self._supersede_background()

        def work(unwanted: Callable[[], bool]) -> Look:
            if unwanted():
                raise DecodingCancelledError
            frames = self._sharpest(max_age)
            if request.only_text and (still := self._camera.still()) is not None:
                alike = [frame for frame in frames if frame.pixels.shape == still.pixels.shape]
                frames = [still, *alike]
            return self._loaded().describe(frames[0], request, unwanted, frames[:_TEXT_FRAMES])

        return self._submit(work, self._background_superseded if background else threading.Event())

    def examine(
        self, max_age: float, work: Callable[[Frame], _T], *, in_still: bool = False
    ) -> asyncio.Future[_T]:
        """Have other work than looking done on the sharpest of the newest frames.

        Args:
            max_age: Seconds; older frames are not looked at.
            work: Is given the frame, in the worker's thread.
            in_still: Whether it is given a still, if the camera gives one.

        Returns:
            A future of what `work` returns. It raises CameraError or StaleFrame if there is no picture, and
            what `work` raises.
        """
        self._supersede_background()

        def examined(_unwanted: Callable[[], bool]) -> _T:
            frame = self._sharpest(max_age)[0]
            return work((self._camera.still() if in_still else None) or frame)

        return self._submit(examined)

    def read_on(self, rest: ReadsOn) -> asyncio.Future[Reading]:
        """Read more of a picture that was looked at; no camera is needed for it.

        Args:
            rest: Of an earlier reading.

        Returns:
            A future. It raises ReaderError if the reader fails; cancelling it ends the reading.
        """
        self._supersede_background()
        return self._submit(lambda unwanted: rest(Stages(unwanted).proceed, reading_times.FURTHER_PART))

    def ready(self) -> asyncio.Future[None]:
        """Load the describer and warm it up. The future raises CaptionerError."""
        return self._submit(lambda _: self._loaded().warm_up())

    def heartbeat(self) -> asyncio.Future[None]:
        """Done when the worker has come to it: a sign of life that a timer could not give."""
        return self._submit(lambda _: None)

    @property
    def on_its_own(self) -> str | None:
        """See Describer.on_its_own; None while nothing is loaded."""
        return None if self._describer is None else self._describer.on_its_own

    def close(self, timeout: float = time_limits.LOOK_WORKER_CLOSING) -> None:
        """Let the worker end after its current job.

        Args:
            timeout: Seconds to wait for that.
        """
        self._jobs.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _supersede_background(self) -> None:
        self._background_superseded.set()
        self._background_superseded = threading.Event()

    def _submit(
        self, work: Callable[[Callable[[], bool]], _T], superseded: threading.Event | None = None
    ) -> asyncio.Future[_T]:
        if self._thread.ident is None:
            self._thread.start()
        job = _Job(work, superseded or threading.Event())
        self._jobs.put(job)
        future: asyncio.Future[_T] = asyncio.wrap_future(job.future)
        future.add_done_callback(lambda ended: job.abandoned.set() if ended.cancelled() else None)
        return future

    def _run(self) -> None:
        while True:
            with suppress(Empty):
                if (job := self._jobs.get(timeout=time_limits.RESTING)) is None:
                    return
                job.run()
            if self._describer is not None:
                self._describer.let_go()

    def _loaded(self) -> Describer:
        if self._describer is None:
            self._describer = self._load()
        return self._describer

    def _sharpest(self, max_age: float) -> list[Frame]:
        """The newest frames, sharpest first; at least one."""
        frames = self._camera.recent(max_age, time_limits.FRAME_WAIT)
        return sorted(frames, key=lambda frame: sharpness(frame.pixels), reverse=True)
