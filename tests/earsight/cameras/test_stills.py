"""Larger pictures for reading text, and what is used where there are none."""

from __future__ import annotations

import logging

import pytest

from earsight.cameras.camera import Camera
from earsight.cameras.first_found import FirstFound
from earsight.cameras.source import CameraError
from tests.earsight.cameras.scripted import (
    PICTURE,
    STILL,
    ScriptedSource,
    StillScriptedSource,
    fail,
    quick,
    seen,
    until,
)


def test_a_still_is_turned_upright_and_is_the_newest_frame() -> None:
    source = StillScriptedSource()
    camera = Camera(source, rotation=90)
    camera.start()
    assert camera.wait_ready(10)
    still = camera.still(10.0)
    assert still is not None
    assert still.pixels.shape == (STILL.shape[1], STILL.shape[0], 3)
    assert any(frame.captured_at == still.captured_at for frame in camera.recent(60.0))
    assert source.stills == 1
    until(lambda: camera.recent(60.0)[-1].pixels.shape == (PICTURE.shape[1], PICTURE.shape[0], 3))
    camera.close()


def test_a_source_without_stills_and_settings_without_stills_give_none() -> None:
    for camera in (quick(ScriptedSource()), Camera(StillScriptedSource(), stills=False)):
        camera.start()
        assert camera.wait_ready(10)
        assert camera.still(10.0) is None
        camera.close()
        assert camera.still(10.0) is None


def test_a_still_that_fails_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    source = StillScriptedSource()
    source.fault = CameraError("no memory")
    camera = quick(source)
    camera.start()
    assert camera.wait_ready(10)
    assert camera.still(10.0) is None
    until(lambda: len(source.opened) == 2 and seen(camera))
    source.fault = None
    assert camera.still(10.0) is None
    camera.close()
    assert "text is read in the usual ones" in caplog.text


def test_a_still_that_takes_too_long_is_not_waited_for() -> None:
    source = StillScriptedSource()
    camera = quick(source)
    camera.start()
    assert camera.wait_ready(10)
    assert camera.still(0.0) is None
    until(lambda: source.stills == 1)
    assert camera.still(10.0) is not None
    camera.close()


def test_nobody_waits_for_a_camera_that_is_lost() -> None:
    camera = quick(StillScriptedSource(refusals=1000))
    camera.start()
    until(lambda: camera.lost is not None)
    assert camera.still(60.0) is None
    camera.close()


def test_a_camera_without_larger_pictures_is_asked_once_until_it_is_opened_again() -> None:
    source = StillScriptedSource()
    source.has_none = True
    camera = quick(source)
    camera.start()
    assert camera.wait_ready(10)
    assert [camera.still(10.0) for _ in range(3)] == [None] * 3
    assert source.asked == 1
    source.has_none = False
    source.steps.append(fail())
    until(lambda: len(source.opened) == 2 and seen(camera))
    assert camera.still(10.0) is not None
    camera.close()


def test_the_first_camera_that_is_found_gives_what_it_can() -> None:
    for source in (StillScriptedSource(), ScriptedSource()):
        found = FirstFound(lambda source=source: [source])  # type: ignore[misc]
        found.open()
        assert (found.still() is STILL) is isinstance(source, StillScriptedSource)
        found.close()
