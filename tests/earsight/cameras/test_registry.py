"""Which source of pictures is made for which settings."""

from pathlib import Path
from typing import get_args

import pytest

from earsight.cameras import registry
from earsight.cameras.first_found import FirstFound
from earsight.cameras.gstreamer import GStreamerSource
from earsight.cameras.opencv import OpenCvSource
from earsight.cameras.picamera2 import Picamera2Source
from earsight.cameras.registry import SOURCES, build_source
from earsight.cameras.replay import ReplaySource, shows_demo_photos
from earsight.cameras.source import CameraError
from earsight.config.camera import AutoCamera, GStreamerCamera, OpenCvCamera, Picamera2Camera, replayed
from earsight.config.schema import Config
from earsight.config.section import section_kinds


def test_every_source_that_the_settings_take_is_registered():
    kinds = section_kinds(Config.model_fields["camera"].annotation)
    assert [get_args(kind.model_fields["source"].annotation)[0] for kind in kinds] == list(SOURCES)


def test_a_source_that_is_named_is_made():
    assert isinstance(build_source(Picamera2Camera(source="picamera2")), Picamera2Source)
    pipeline = GStreamerCamera(source="gstreamer", pipeline="videotestsrc")
    assert isinstance(build_source(pipeline), GStreamerSource)


def test_photos_in_place_of_a_camera_keep_what_else_is_configured_of_it():
    camera = GStreamerCamera(source="gstreamer", pipeline="videotestsrc", rotation=90, max_age=2.0)
    section = replayed(camera, Path("photos"))
    assert (section.source, section.replay, section.rotation, section.max_age) == (
        "replay",
        Path("photos"),
        90,
        2.0,
    )
    assert isinstance(build_source(section), ReplaySource)


@pytest.fixture
def board(monkeypatch):
    """A machine without picamera2; /dev/video7 is there when its name is in the list."""
    webcams = []
    monkeypatch.setattr(registry, "find_spec", lambda _name: None)
    monkeypatch.setattr(registry, "find_webcam", lambda: webcams[0] if webcams else None)
    return webcams


@pytest.fixture
def terminal(monkeypatch):
    """Somebody sits there."""
    monkeypatch.setattr(registry, "at_terminal", lambda: True)


def test_without_a_terminal_photos_are_never_passed_for_what_is_in_front(board):
    """As under a service manager, nohup, cron or in a container."""
    source = build_source(AutoCamera())
    assert isinstance(source, FirstFound)
    with pytest.raises(CameraError, match="No camera was found"):
        source.open()
    board.append("/dev/video7")
    with pytest.raises(CameraError, match="/dev/video7"):  # it is looked for now
        source.open()


@pytest.mark.usefixtures("board", "terminal")
def test_at_a_terminal_demo_photos_are_shown_where_there_is_no_camera():
    source = build_source(AutoCamera())
    assert isinstance(source, ReplaySource)
    assert shows_demo_photos(source)


def test_photos_of_ones_own_are_no_demo_photos():
    assert not shows_demo_photos(build_source(replayed(AutoCamera(), Path("photos"))))


@pytest.mark.usefixtures("terminal")
def test_a_camera_that_goes_is_not_replaced_by_photos_at_a_terminal_either(board):
    board.append("/dev/video7")
    source = build_source(AutoCamera())
    board.clear()
    with pytest.raises(CameraError, match="No camera was found"):
        source.open()


def test_a_webcam_that_comes_back_as_another_number_is_found(board):
    source = build_source(OpenCvCamera(source="opencv"))
    for webcam in ("/dev/video250", "/dev/video251"):
        board[:] = [webcam]
        with pytest.raises(CameraError, match=webcam):
            source.open()
    board.clear()
    with pytest.raises(CameraError, match="/dev/video0"):
        source.open()


@pytest.mark.parametrize("device", [0, "/dev/video7"])
@pytest.mark.usefixtures("board")
def test_a_camera_that_is_named_is_the_only_one(device):
    assert isinstance(build_source(OpenCvCamera(source="opencv", device=device)), OpenCvSource)
