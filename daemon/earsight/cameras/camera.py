"""A camera in the background: one thread reads its source, and only the newest frames are kept."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from earsight.cameras.backoff import Backoff
from earsight.cameras.recent_frames import RecentFrames
from earsight.cameras.source import BlackPictures, CameraError, FrameSource, StillSource, unexpected
from earsight.scene import Frame
from earsight.system import time_limits

_T = TypeVar("_T")

log = logging.getLogger(__name__)

THREAD = "camera"
"""Name of the thread that reads a source."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """The source is being opened for the first time."""

    since: float


@dataclass(frozen=True, slots=True)
class _Reading:
    """The source is open. last_sign: when it was opened, or gave its last picture."""

    last_sign: float


@dataclass(frozen=True, slots=True)
class _Failed:
    """The source has failed. It stays so until there is a picture again, however often it is opened."""

    error: CameraError


@dataclass(frozen=True, slots=True)
class _Closed:
    """The camera is not needed any more."""


@dataclass(slots=True)
class _Still:
    """A frame in full size that somebody waits for. is_over: there is one, or there will be none."""

    frame: Frame | None = None
    is_over: bool = False


_State = _Opening | _Reading | _Failed | _Closed
"""opening -> reading -> failed -> reading ... -> closed; from opening to failed, too. Times are seconds on
time.monotonic()."""


class Camera:
    """Runs a source, and opens it again after growing pauses whenever it fails. Thread-safe."""

    _still: _Still | None = None
    _has_larger = True
    _call_began: float | None = None

    def __init__(
        self,
        source: FrameSource,
        *,
        rotation: int = 0,
        stills: bool = True,
        keep: int = 5,
        retry_after: float = time_limits.CAMERA_RETRY,
        retry_at_most: float = time_limits.CAMERA_LONGEST_RETRY,
        stalled_after: float = time_limits.CAMERA_STALLED,
        opens_within: float = time_limits.CAMERA_OPENING,
        hung_after: float = time_limits.CAMERA_HUNG,
    ) -> None:
        """Begins nothing yet. All times are in seconds.

        Args:
            source: What gives the pictures.
            rotation: Degrees clockwise, 0, 90, 180 or 270, that set the pictures upright.
            stills: Whether a source that can give larger pictures is asked for them.
            keep: Frames held.
            retry_after: The first pause before the source is opened again.
            retry_at_most: The longest pause.
            stalled_after: Time without a picture after which an open source that reports no error is lost.
            opens_within: The same for a source that is being opened.
            hung_after: Time in one call of the source after which it counts as hung.

        Raises:
            ValueError: The rotation is none of these.
        """
        if rotation not in (0, 90, 180, 270):
            raise ValueError(f"rotation is {rotation}: it must be 0, 90, 180 or 270 degrees")
        self._source, self._gives_stills = source, stills and isinstance(source, StillSource)
        self._quarter_turns, self._recent = rotation // 90, RecentFrames(keep)
        self._backoff = Backoff(retry_after, retry_at_most)
        self._stalled_after, self._opens_within, self._hung_after = stalled_after, opens_within, hung_after
        self._state: _State = _Opening(time.monotonic())
        self._has_given_pictures = False
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=THREAD, daemon=True)

    def start(self) -> None:
        """Begin to read. Once only: a closed camera is not started again, make a new one."""
        self._state = _Opening(time.monotonic())
        self._thread.start()

    def wait_ready(self, timeout: float) -> bool:
        """Wait for a first frame, a failure or close().

        Args:
            timeout: Seconds to wait at most.

        Returns:
            Whether there is a frame.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._recent) > 0 or self._over(), timeout)
            return len(self._recent) > 0

    def recent(self, max_age: float, patience: float = 0.0) -> tuple[Frame, ...]:
        """The kept frames that are fresh, newest last, at least one.

        Args:
            max_age: Seconds; older frames are not given.
            patience: Seconds to wait for a fresh frame where there is none. Nobody waits for a camera that is
                known to be lost.

        Raises:
            CameraError: The camera is lost, with the source's message, or closed.
            StaleFrame: The newest frame is still too old.
        """

        def decided() -> bool:
            return bool(self._recent.fresh(max_age, time.monotonic())) or self._over()

        if self.lost:
            patience = 0.0
        with self._changed:
            self._changed.wait_for(decided, patience)
            if isinstance(self._state, _Closed):
                raise CameraError("The camera is closed.")
            if isinstance(self._state, _Failed):
                error = self._state.error
                raise type(error)(*error.args)
            return self._recent.within(max_age, time.monotonic())

    def still(self, patience: float = time_limits.STILL) -> Frame | None:
        """A frame in full size, for reading text and codes.

        Args:
            patience: Seconds to wait for it.

        Returns:
            A frame that was taken after the call; None if the source has no larger pictures than recent()
            gives, or gives none in time.
        """
        with self._changed:
            if not (self._gives_stills and self._has_larger and isinstance(self._state, _Reading)):
                return None
            if self._still is None:  # else the source hangs, or somebody waits for one too
                self._still = _Still()
            wanted = self._still
            self._changed.wait_for(lambda: wanted.is_over or self._over(), patience)
            return wanted.frame

    @property
    def lost(self) -> str | None:
        """Why the camera gives no pictures, in one line; None while it works, starts or is closed."""
        with self._changed:
            match self._state:
                case _Failed(error):
                    return str(error)
                case _Opening(since):
                    limit = self._opens_within
                case _Reading(since):
                    limit = self._stalled_after
                case _Closed():
                    return None
        if self._thread.is_alive() and time.monotonic() - since > limit:
            return f"The camera has given no picture for more than {limit:g} s."
        return None

    @property
    def black(self) -> bool:
        """Whether the camera is lost because there is no light in its pictures."""
        state = self._state
        return isinstance(state, _Failed) and isinstance(state.error, BlackPictures)

    @property
    def hung(self) -> bool:
        """Whether the driver does not return from a call, of a camera that has given pictures.

        A new process may get it back. A camera that hangs from the start is only lost.
        """
        began = self._call_began
        if began is None or not self._has_given_pictures:
            return False
        return time.monotonic() - began > self._hung_after

    def close(self, timeout: float = time_limits.CAMERA_CLOSING) -> None:
        """Stop the thread, which gives the device back. May be called twice.

        A source that hangs keeps its thread until it returns; the thread then closes it and ends, and never
        holds up the end of the process.

        Args:
            timeout: Seconds to wait for the thread at most.
        """
        self._stop.set()
        with self._changed:
            self._state = _Closed()
            self._recent.clear()
            self._changed.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.warning("The camera does not answer; giving up on it.")

    def _over(self) -> bool:
        """Whether it is useless to wait for a picture."""
        return isinstance(self._state, _Failed | _Closed)

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._call(self._source.open)
                self._opened()
                while not self._stop.is_set():
                    self._keep(self._call(self._source.read))
                    self._take_still()
            except CameraError as error:
                self._fail(error)
            except Exception as error:  # a driver's surprise must not end the thread that recovers from it
                log.exception("The camera failed unexpectedly.")
                self._fail(unexpected(error))
            finally:
                self._close_source()
            self._stop.wait(self._backoff.after(time.monotonic() - began))

    def _call(self, work: Callable[[], _T]) -> _T:
        self._call_began = time.monotonic()
        try:
            return work()
        finally:
            self._call_began = None

    def _opened(self) -> None:
        with self._changed:
            self._has_larger = True  # until the source says otherwise: it may be another camera by now
            if isinstance(self._state, _Opening):
                self._state = _Reading(time.monotonic())

    def _take_still(self) -> None:
        wanted, source = self._still, self._source
        if wanted is None or not isinstance(source, StillSource):
            return
        try:
            pixels = self._call(source.still)
            self._has_larger = pixels is not None
            wanted.frame = None if pixels is None else self._keep(pixels)
        except Exception:
            log.warning("The camera can't give larger pictures: from now on, text is read in the usual ones.")
            self._gives_stills = False  # else it would fail, and be opened again, for every text
            raise
        finally:
            with self._changed:
                wanted.is_over, self._still = True, None
                self._changed.notify_all()

    def _keep(self, pixels: np.ndarray) -> Frame:
        captured_at = time.monotonic()
        frame = Frame(np.rot90(pixels, -self._quarter_turns) if self._quarter_turns else pixels, captured_at)
        with self._changed:
            if isinstance(self._state, _Closed):
                return frame
            if isinstance(self._state, _Failed):
                log.info("The camera is working again.")
            self._state = _Reading(captured_at)
            self._has_given_pictures = True
            self._recent.add(frame)
            self._changed.notify_all()
        return frame

    def _fail(self, error: CameraError) -> None:
        with self._changed:
            if isinstance(self._state, _Closed):
                return
            known = str(self._state.error) if isinstance(self._state, _Failed) else None
            if str(error) != known:
                log.warning("%s", error)
            self._state = _Failed(error)
            self._recent.clear()
            self._changed.notify_all()

    def _close_source(self) -> None:
        try:
            self._call(self._source.close)
        except Exception:
            log.exception("The camera could not be closed.")
