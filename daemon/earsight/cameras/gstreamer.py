"""Cameras through a GStreamer pipeline, as a Jetson's CSI camera needs it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from earsight.cameras.damaged_frames import read_undamaged
from earsight.cameras.opencv import load_cv2
from earsight.cameras.source import CameraError, CameraSoftwareError

# OpenCV takes BGR; drop and one buffer keep only the newest picture.
_SINK = "videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1 sync=false"


def complete(pipeline: str) -> str:
    """Add a sink that keeps only the newest picture to a pipeline that has no appsink of its own."""
    pipeline = pipeline.strip().rstrip("!").rstrip()
    return pipeline if re.search(r"(^|!|\s)appsink\b", pipeline) else f"{pipeline} ! {_SINK}"


class GStreamerSource:
    """Pictures of a GStreamer pipeline."""

    def __init__(self, pipeline: str) -> None:
        """Starts nothing yet.

        Args:
            pipeline: In gst-launch notation, with or without an appsink at its end.
        """
        self._pipeline = complete(pipeline)
        self._cv2: Any = None
        self._capture: Any = None

    def open(self) -> None:
        self._cv2 = cv2 = load_cv2("camera.source gstreamer")
        if not re.search(r"GStreamer:\s*YES", cv2.getBuildInformation()):
            raise CameraSoftwareError(
                "This OpenCV was built without GStreamer: use the system's (apt install python3-opencv, in a "
                "virtual environment made with --system-site-packages, without opencv-python from pip)."
            )
        self._capture = cv2.VideoCapture(self._pipeline, cv2.CAP_GSTREAMER)
        if not self._capture.isOpened():
            raise CameraError(
                "The camera's GStreamer pipeline does not start: try it with gst-launch-1.0. "
                f"camera.pipeline is: {self._pipeline}"
            )

    def read(self) -> np.ndarray:
        pixels = read_undamaged(self._next)
        assert pixels is not None  # _next gives one, or raises
        return pixels

    def _next(self) -> np.ndarray:
        good, picture = self._capture.read()
        if not good or picture is None:
            raise CameraError("The camera's GStreamer pipeline gives no more pictures.")
        cv2 = self._cv2
        colours = cv2.COLOR_GRAY2RGB if picture.ndim == 2 or picture.shape[2] == 1 else cv2.COLOR_BGR2RGB
        return np.asarray(cv2.cvtColor(picture, colours))

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
