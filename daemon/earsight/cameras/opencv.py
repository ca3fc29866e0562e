"""Cameras through OpenCV and Video4Linux: USB webcams and whatever else is a /dev/video* node."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from earsight.cameras.damaged_frames import read_undamaged
from earsight.cameras.source import CameraError, CameraInUseError, CameraSoftwareError
from earsight.cameras.v4l2 import check_camera, frame_sizes
from earsight.system import time_limits
from earsight.system.device_users import held_by

_STILL_SIDE = 1920
"""Pixels of a still's longer side at most: nearly every webcam has it, and small boards decode it in time."""

_SETTLING = 2
"""Pictures after a change of size that are passed over: the first ones are often dark. Without a change, the
one buffer was filled before the call."""


def load_cv2(needed_by: str) -> Any:
    """Import OpenCV, and keep it from writing to standard error.

    Args:
        needed_by: What asks for it, such as a setting; named in the error.

    Raises:
        CameraSoftwareError: It is not installed.
    """
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", f"{time_limits.V4L2_FRAME:.0f}")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    try:
        import cv2
    except ImportError as error:
        raise CameraSoftwareError(
            f"{needed_by} needs OpenCV, which is not installed: pip install opencv-python-headless, "
            f"or apt install python3-opencv. ({error})"
        ) from error
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # somebody may have loaded it before
    return cv2


class OpenCvSource:
    """A webcam, or another /dev/video* node."""

    def __init__(self, device: int | str, width: int = 1280, height: int = 720, fps: int = 15) -> None:
        """Opens nothing yet. The camera gives the nearest to what is asked of it.

        Args:
            device: A number N for /dev/videoN, or a path.
            width: Of the pictures, in pixels.
            height: Of the pictures, in pixels.
            fps: Pictures per second.
        """
        self._device = Path(f"/dev/video{device}" if isinstance(device, int) else device)
        self._width = width
        self._height = height
        self._fps = fps
        self._cv2: Any = None
        self._capture: Any = None
        self._read_at = math.inf
        self._still_size: tuple[int, int] | None = None
        self._large_until = -math.inf

    def open(self) -> None:
        check_camera(self._device)
        self._cv2 = cv2 = load_cv2("camera.source opencv")
        capture = self._capture = cv2.VideoCapture(str(self._device), cv2.CAP_V4L2)
        if not capture.isOpened():
            raise CameraInUseError(f"The camera {self._device} is {held_by({str(self._device.resolve())})}.")
        # One buffer, or every picture is some pictures old. MJPG, because uncompressed video at this size is
        # more than USB 2 carries; the format goes first, since it decides which sizes there are.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._resize((self._width, self._height))
        self._still_size = self._larger_size()
        self._large_until = -math.inf

    def read(self) -> np.ndarray:
        if -math.inf < self._large_until < time.monotonic():
            self._large_until = -math.inf
            self._resize((self._width, self._height))
        pixels = read_undamaged(self._next)
        if pixels is None:
            path = str(self._device.resolve())
            raise CameraError(
                f"camera.device: {self._device} gives no pictures; it may be {held_by({path})}."
            )
        return pixels

    def still(self) -> np.ndarray | None:
        if self._still_size is None:
            return None
        if self._large_until == -math.inf:
            self._resize(self._still_size)
        for _ in range(_SETTLING if self._read_at == math.inf else 1):
            self._capture.grab()
        self._large_until = time.monotonic() + time_limits.STILL_KEPT
        return self.read()

    def _resize(self, size: tuple[int, int]) -> None:
        """The camera gives the nearest to it. A webcam that has begun to send starts anew for it."""
        cv2, capture = self._cv2, self._capture
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        self._read_at = math.inf  # until the first picture no buffer is filled

    def _larger_size(self) -> tuple[int, int] | None:
        """The largest size for stills that the camera has in the format in use; None if it has no larger one
        than it gives anyway."""
        cv2, capture = self._cv2, self._capture
        width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        sizes = frame_sizes(self._device, int(capture.get(cv2.CAP_PROP_FOURCC)))
        found = [size for size in sizes if max(size) <= _STILL_SIDE and size[0] * size[1] > width * height]
        return max(found, key=lambda size: size[0] * size[1], default=None)

    def _next(self) -> np.ndarray | None:
        """None for a picture that was lost on the way."""
        if time.monotonic() > self._read_at + 2 / self._fps:
            self._capture.grab()  # the one buffer was filled while we were held up, and is old by now
        good, bgr = self._capture.read()
        self._read_at = time.monotonic()
        if not good or bgr is None:
            check_camera(self._device)  # says so when it was unplugged
            return None
        return np.asarray(self._cv2.cvtColor(bgr, self._cv2.COLOR_BGR2RGB))

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
