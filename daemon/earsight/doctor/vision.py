"""The checks of what sees: camera and model."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from earsight.cameras.camera import Camera
from earsight.cameras.registry import build_source
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import CameraError, StaleFrame
from earsight.config.camera import CameraSection
from earsight.config.schema import Config
from earsight.doctor.finding import Finding, Status, failure, finding
from earsight.doctor.triggers import busy, service_running
from earsight.language.language import PROBLEMS
from earsight.message import message
from earsight.scene import Frame, Problem
from earsight.service import builders
from earsight.system import time_limits
from earsight.vision.describer import GREY, build_describer
from earsight.vision.quality import QualityLimits, assess

_CONNECT = message("doctor.camera.connect")


def check_camera(config: Config, socket: Path, first_frame: float = time_limits.FIRST_FRAME) -> Finding:
    """Check that the camera gives pictures that can be described.

    Args:
        config: The settings.
        socket: The running service's control socket: that service may be using the camera.
        first_frame: Seconds to wait for the first picture.
    """
    section = config.camera
    try:
        size, problem = _look(section, builders.build_policy(config).limits, first_frame)
    except CameraError as error:
        if service_running(socket):
            return busy("camera", error)
        if _shows_demo_photos(section):  # and not even demo photos, which are nothing that a wearer lacks
            return finding("camera", Status.FAILURE, message("doctor.camera.none"), _CONNECT)
        return failure("camera", error)
    if problem is not None:
        return finding("camera", Status.WARNING, PROBLEMS[problem], message("doctor.camera.clean"))
    if _shows_demo_photos(section):
        return finding("camera", Status.WARNING, message("doctor.camera.demo"), _CONNECT)
    return Finding("camera", Status.OK, f"gives pictures of {size[0]} x {size[1]} pixels")


def _look(
    section: CameraSection, limits: QualityLimits | None, first_frame: float
) -> tuple[tuple[int, int], Problem | None]:
    """Look through the camera until its exposure has settled.

    Returns:
        Width and height of the pictures, and what is wrong with them.

    Raises:
        CameraError: There are none.
    """
    camera = Camera(build_source(section), rotation=section.rotation)
    camera.start()
    try:
        frame = _first_frame(camera, first_frame, section.max_age)
        settled = time.monotonic() + time_limits.EXPOSURE_SETTLING
        while limits and (problem := assess(frame, limits)) and time.monotonic() < settled:
            time.sleep(time_limits.EXPOSURE_POLL)
            frame = camera.recent(section.max_age, time_limits.FRAME_WAIT)[-1]
        problem = assess(frame, limits) if limits else None
    finally:
        camera.close()
    height, width = frame.pixels.shape[:2]
    return (width, height), problem


def _first_frame(camera: Camera, limit: float, max_age: float) -> Frame:
    deadline = time.monotonic() + limit
    while not camera.wait_ready(time_limits.EXPOSURE_POLL):
        if reason := camera.lost:
            with suppress(StaleFrame):
                camera.recent(max_age)  # raises what the source said
            raise CameraError(reason)
        if time.monotonic() > deadline:
            raise CameraError(f"The camera has given no picture within {limit:g} s: check its cable.")
    return camera.recent(max_age, time_limits.FRAME_WAIT)[-1]


def _shows_demo_photos(section: CameraSection) -> bool:
    """Whether `auto` found no camera, although nobody asked for photos."""
    photos_meant = section.source != "auto" or section.replay is not None
    return not photos_meant and isinstance(build_source(section), ReplaySource)


def check_model(config: Config) -> Finding:
    """Check that the models are whole and describe a picture.

    Raises:
        CaptionerError: It is not, or does not.
    """
    began = time.perf_counter()
    describer = build_describer(config)
    describer.warm_up()
    loading = time.perf_counter() - began
    describing = describer.describe(GREY).total
    section = config.captioner
    name = section.bundle if section.runs_bundle else section.model
    detail = (
        f"{name}: whole, {describer.abilities}; ready after {loading:.1f} s, "
        f"{describing * 1000:.0f} ms for a picture"
    )
    placement = describer.placement
    if placement.problem is None:
        return Finding("model", Status.OK, f"{detail}; {placement}")
    slow = finding(
        "model", Status.WARNING, message("doctor.model.on_processor"), message("doctor.model.set_provider")
    )
    return replace(slow, detail=f"{placement.problem}; {placement}")
