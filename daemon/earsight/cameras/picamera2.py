"""The Raspberry Pi's own camera, through picamera2 and libcamera.

This module may have the library's name: imports are absolute, so `picamera2` below is the library.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from earsight.cameras.damaged_frames import read_undamaged
from earsight.cameras.source import CameraAbsentError, CameraError, CameraSoftwareError
from earsight.system import time_limits
from earsight.system.device_users import held_by

# libcamera names its formats after the order in a little-endian word, so that in memory "RGB888" lies as
# B, G, R and "BGR888" as R, G, B. The second is the RGB that the rest of the program means.
_RGB_IN_MEMORY = "BGR888"

_STILL_SIDE = 2304
"""Pixels of a still's longer side at most. It is what the third camera module gives with its pixels in groups
of four, with less noise; all of its 12 million would need 36 MB for each picture, and seconds to be read."""

_STILL_BUFFERS = 2
"""Each takes 12 MB of the memory that a camera can use."""


class Picamera2Source:
    """A camera on a Raspberry Pi's ribbon cable."""

    def __init__(self, width: int = 1280, height: int = 720, fps: float = 15.0) -> None:
        """Opens nothing yet.

        Args:
            width: Of the pictures, in pixels.
            height: Of the pictures, in pixels.
            fps: Pictures per second.
        """
        self._size = (width, height)
        self._fps = fps
        self._camera: Any = None
        self._modes: dict[bool, Any] = {}
        self._large_until = -math.inf

    def open(self) -> None:
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            raise CameraSoftwareError(
                "camera.source picamera2 needs a library of Raspberry Pi OS: apt install python3-picamera2, "
                f"and a virtual environment made with --system-site-packages. ({error})"
            ) from error
        try:
            if not _on_ribbons(Picamera2):
                raise CameraAbsentError(
                    "No camera was found on the board: check its ribbon cable, then restart the board."
                )
            self._camera = Picamera2()
            self._large_until = -math.inf
            self._modes = {False: self._mode(self._size)}  # with as many buffers as the library finds right
            self._camera.configure(self._modes[False])
            self._camera.start()
        except (RuntimeError, OSError) as error:
            raise CameraError(_why(error)) from error

    def read(self) -> np.ndarray:
        if -math.inf < self._large_until < time.monotonic():
            self._large_until = -math.inf
            self._switch(large=False)
        pixels = read_undamaged(self._next)
        assert pixels is not None  # _next gives one, or raises
        return pixels

    def still(self) -> np.ndarray | None:
        width, height = self._camera.sensor_resolution
        scale = min(1.0, _STILL_SIDE / max(width, height))
        size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
        if max(size) <= max(self._size):
            return None
        if self._large_until == -math.inf:
            self._modes.setdefault(True, self._mode(size, buffer_count=_STILL_BUFFERS))
            self._switch(large=True)
        self._large_until = time.monotonic() + time_limits.STILL_KEPT
        return self.read()

    def _mode(self, size: tuple[int, int], **more: int) -> Any:
        return self._camera.create_video_configuration(
            main={"size": size, "format": _RGB_IN_MEMORY},
            controls={"FrameRate": self._fps},
            queue=False,  # wait for a new picture, don't hand out one that has lain ready
            **more,
        )

    def _switch(self, *, large: bool) -> None:
        """From the mode for looking to the one for stills, or back."""
        try:
            job = self._camera.switch_mode(self._modes[large], wait=False)
            self._camera.wait(job, timeout=time_limits.PICAMERA2_FRAME)
        except (RuntimeError, OSError, TimeoutError) as error:
            raise CameraError(f"The camera can't be switched to another size of pictures: {error}") from error

    def _next(self) -> np.ndarray:
        try:
            job = self._camera.capture_array("main", wait=False)
            return np.asarray(self._camera.wait(job, timeout=time_limits.PICAMERA2_FRAME))
        except TimeoutError:
            self._camera.cancel_all_and_flush()  # or closing would wait for that picture for ever
            raise CameraError(
                f"The camera has given no picture for {time_limits.PICAMERA2_FRAME:g} s: "
                "check its ribbon cable."
            ) from None
        except (RuntimeError, OSError) as error:
            raise CameraError(f"The camera gives no pictures: {error}") from error

    def close(self) -> None:
        if self._camera is not None:
            camera, self._camera = self._camera, None
            camera.close()


def _on_ribbons(library: Any) -> list[dict[str, Any]]:
    """libcamera has those on USB too, some of them in formats that are not meant here; OpenCV reads all."""

    def listed() -> list[dict[str, Any]]:
        return [camera for camera in library.global_camera_info() if "/usb" not in camera.get("Id", "")]

    # Listed once; what has come since is announced by the ways of the network, which the sandbox has not.
    look_anew = getattr(getattr(library, "_cm", None), "reset", None)
    if not listed() and look_anew:
        look_anew()
    return listed()


def _why(error: Exception) -> str:
    """libcamera tells a busy camera only by these words."""
    message = str(error)
    if "did not complete" in message or "busy" in message.lower() or "acquire" in message:
        nodes = {str(node) for kind in ("media", "video") for node in Path("/dev").glob(f"{kind}[0-9]*")}
        return f"The camera is {held_by(nodes)}."
    return f"The camera can't be started: {message}"
