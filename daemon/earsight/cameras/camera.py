"""A camera in the background: one thread reads its source, only the newest frames are kept."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from earsight.cameras.source import BlackPictures, CameraError, FrameSource, StaleFrame, unforeseen
from earsight.scene import Frame
from earsight.system import time_limits

_T = TypeVar("_T")

log = logging.getLogger(__name__)

THREAD = "camera"
"""Name of the thread that reads a source."""


class RecentFrames:
    """The newest few frames, oldest first. Not locked: its owner does that."""

    def __init__(self, keep: int) -> None:
        self._frames: deque[Frame] = deque(maxlen=keep)

    def add(self, frame: Frame) -> None:
        self._frames.append(frame)

    def clear(self) -> None:
        self._frames.clear()

    def __len__(self) -> int:
        return len(self._frames)

    def fresh(self, max_age: float, now: float) -> tuple[Frame, ...]:
        """Those at most max_age seconds old at `now`, newest last."""
        return tuple(frame for frame in self._frames if now - frame.captured_at <= max_age)

    def within(self, max_age: float, now: float) -> tuple[Frame, ...]:
        """As fresh(); raises StaleFrame when there are none."""
        if fresh := self.fresh(max_age, now):
            return fresh
        if not self._frames:
            raise StaleFrame("The camera has given no picture yet.")
        age = now - self._frames[-1].captured_at
        raise StaleFrame(f"The newest picture is {age:.1f} s old, more than the {max_age:g} s allowed.")


class Camera:
    """Runs a source, and opens it again with growing pauses whenever it fails. All methods are thread-safe.

    rotation: degrees clockwise that bring the pictures upright: 0, 90, 180 or 270 (pixels may then be a
    view that is not contiguous). keep: frames held. retry_after, retry_at_most: the first and the longest
    pause in seconds before opening again. stalled_after, opens_within: seconds without a picture, reading
    and opening, after which the camera counts as lost although its source reports no error.
    hung_after: seconds in one call of the source after which it counts as hung.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        rotation: int = 0,
        keep: int = 5,
        retry_after: float = time_limits.CAMERA_RETRY,
        retry_at_most: float = time_limits.CAMERA_LONGEST_RETRY,
        stalled_after: float = time_limits.CAMERA_STALLED,
        opens_within: float = time_limits.CAMERA_OPENING,
        hung_after: float = time_limits.CAMERA_HUNG,
    ) -> None:
        if rotation not in (0, 90, 180, 270):
            raise ValueError(f"rotation is {rotation}: it must be 0, 90, 180 or 270 degrees")
        self._source = source
        self._quarter_turns = rotation // 90
        self._retry_after = retry_after
        self._retry_at_most = retry_at_most
        self._stalled_after = stalled_after
        self._opens_within = opens_within
        self._hung_after = hung_after
        self._recent = RecentFrames(keep)
        self._failure: CameraError | None = None
        self._last_sign = time.monotonic()
        self._reading = False
        self._worked = False
        self._calling_since: float | None = None
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def start(self) -> None:
        """Begin to read. Once only: a closed camera is not started again, make a new one."""
        self._last_sign = time.monotonic()
        self._thread.start()

    def wait_ready(self, timeout: float) -> bool:
        """Wait at most timeout seconds for a first frame, a failure or close(); whether there is a frame."""

        def decided() -> bool:
            return len(self._recent) > 0 or self._failure is not None or self._stop.is_set()

        with self._changed:
            self._changed.wait_for(decided, timeout)
            return len(self._recent) > 0

    def recent(self, max_age: float, patience: float = 0.0) -> tuple[Frame, ...]:
        """The kept frames of at most max_age seconds, newest last, at least one.

        patience: seconds to wait for such a frame, where there is none; never for the device itself.
        Raises CameraError with the source's message while the camera is lost, StaleFrame when the newest
        frame is still too old.
        """

        def decided() -> bool:
            fresh = self._recent.fresh(max_age, time.monotonic())
            return bool(fresh) or self._failure is not None or self._stop.is_set()

        if self.lost:  # known already: nobody is to wait for the same words again
            patience = 0.0
        with self._changed:
            self._changed.wait_for(decided, patience)
            if self._stop.is_set():
                raise CameraError("The camera is closed.")
            if self._failure is not None:
                raise type(self._failure)(*self._failure.args)
            return self._recent.within(max_age, time.monotonic())

    @property
    def lost(self) -> str | None:
        """Why the camera gives no pictures, one line; None while it works, starts or is closed."""
        with self._changed:
            if self._failure is not None:
                return str(self._failure)
            if self._stop.is_set():
                return None
            limit = self._stalled_after if self._reading else self._opens_within
            if self._thread.is_alive() and time.monotonic() - self._last_sign > limit:
                return f"The camera has given no picture for more than {limit:g} s."
            return None

    @property
    def black(self) -> bool:
        """Whether it is lost for want of light in its pictures."""
        return isinstance(self._failure, BlackPictures)

    @property
    def hung(self) -> bool:
        """Whether the driver does not return from a call, of a camera that has given pictures: then a new
        process may have it back. One that hangs from the start is only lost."""
        with self._changed:
            since = self._calling_since
            return self._worked and since is not None and time.monotonic() - since > self._hung_after

    def close(self, timeout: float = time_limits.CAMERA_CLOSING) -> None:
        """Stop the thread, which gives the device back. Waits at most timeout seconds; may be called twice.

        A source that hangs keeps its thread until it returns; the thread then closes it and ends, and never
        holds up the end of the process.
        """
        self._stop.set()
        with self._changed:
            self._failure = None
            self._recent.clear()
            self._changed.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.warning("The camera does not answer; it is left behind without waiting for it.")

    def _run(self) -> None:
        pause = self._retry_after
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._call(self._source.open)
                self._begin_reading()
                while not self._stop.is_set():
                    self._keep(self._call(self._source.read))
            except CameraError as error:
                self._fail(error)
            except Exception as error:  # a driver's surprise must not end the thread that recovers from it
                log.exception("The camera failed in an unforeseen way.")
                self._fail(unforeseen(error))
            finally:
                self._reading = False
                self._close_source()
            if time.monotonic() - began > self._retry_at_most:
                pause = self._retry_after  # it had worked; one that fails at once again keeps growing pauses
            self._stop.wait(pause)
            pause = min(2 * pause, self._retry_at_most)

    def _call(self, work: Callable[[], _T]) -> _T:
        self._calling_since = time.monotonic()
        try:
            return work()
        finally:
            self._calling_since = None

    def _begin_reading(self) -> None:
        with self._changed:
            self._last_sign = time.monotonic()
            self._reading = True

    def _keep(self, pixels: np.ndarray) -> None:
        captured_at = time.monotonic()
        frame = Frame(np.rot90(pixels, -self._quarter_turns) if self._quarter_turns else pixels, captured_at)
        with self._changed:
            if self._stop.is_set():
                return
            if self._failure is not None:
                log.info("The camera is back.")
            self._failure = None
            self._worked = True
            self._last_sign = captured_at
            self._recent.add(frame)
            self._changed.notify_all()

    def _fail(self, error: CameraError) -> None:
        with self._changed:
            if self._stop.is_set():
                return
            if str(self._failure) != str(error):
                log.warning("%s", error)
            self._failure = error
            self._recent.clear()
            self._changed.notify_all()

    def _close_source(self) -> None:
        try:
            self._call(self._source.close)
        except Exception:
            log.exception("The camera could not be closed.")
