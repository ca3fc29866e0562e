"""Every source of pictures by the name that the settings have for it.

A new source is a module, an entry here, and a class in config/camera.py. Sources import their libraries when
they are opened: to choose one costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

from earsight.cameras.first_found import FirstFound
from earsight.cameras.gstreamer import GStreamerSource
from earsight.cameras.opencv import OpenCvSource
from earsight.cameras.picamera2 import Picamera2Source
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import FrameSource
from earsight.cameras.v4l2 import find_webcam
from earsight.config.camera import CameraSection, GStreamerCamera
from earsight.system.terminal import at_terminal

_log = logging.getLogger(__name__)


def build_source(section: CameraSection) -> FrameSource:
    """Make the configured source of pictures, without opening it."""
    return SOURCES[section.source](section)


def _auto(section: CameraSection) -> FrameSource:
    """The board's camera or a webcam, whenever there is one.

    Photos are shown instead only if they are asked for, or to somebody at a terminal who has no camera: a
    wearer would take them for the scene.
    """
    if section.replay is None and (not at_terminal() or _connected(section)):
        return FirstFound(partial(_connected, section))
    return _replay(section)


def _connected(section: CameraSection) -> list[FrameSource]:
    """The cameras that there may be at the moment, the most likely first."""
    found: list[FrameSource] = []
    if find_spec("picamera2"):
        found.append(_picamera2(section))
    if webcam := find_webcam():
        found.append(_webcam(section, webcam))
    return found


def _picamera2(section: CameraSection) -> FrameSource:
    return Picamera2Source(section.width, section.height, section.fps)


def _opencv(section: CameraSection) -> FrameSource:
    if section.device is not None:
        return _webcam(section, section.device)
    # One that comes back may have another number. Where there is none, the first number tells why.
    return FirstFound(lambda: [_webcam(section, find_webcam() or 0)])


def _webcam(section: CameraSection, device: int | str) -> FrameSource:
    return OpenCvSource(device, section.width, section.height, section.fps)


def _gstreamer(section: GStreamerCamera) -> FrameSource:
    return GStreamerSource(section.pipeline)


def _replay(section: CameraSection) -> FrameSource:
    if section.replay is None:
        _log.info("no camera: replaying the demo photos (camera.replay or --replay names others)")
    return ReplaySource(section.replay, section.replay_interval)


SOURCES: Mapping[str, Callable[[Any], FrameSource]] = {
    "auto": _auto,
    "picamera2": _picamera2,
    "opencv": _opencv,
    "gstreamer": _gstreamer,
    "replay": _replay,
}
"""What makes a source from its own class of settings."""
