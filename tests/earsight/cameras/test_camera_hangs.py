"""Cameras whose driver does not return, or gives nothing."""

import threading
import time

import numpy as np
import pytest

from earsight.cameras.camera import Camera
from earsight.cameras.source import StaleFrame
from tests.earsight.cameras.scripted import PICTURE, ScriptedSource, fail, quick, seen, until


def test_a_read_that_hangs_holds_up_nobody() -> None:
    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    source = ScriptedSource(lambda: PICTURE, hang)
    camera = quick(source, stalled_after=0.05)
    camera.start()
    assert camera.wait_ready(5.0)
    until(lambda: camera.lost is not None)
    with pytest.raises(StaleFrame, match="s old"):
        camera.recent(0.01)
    began = time.monotonic()
    camera.close(timeout=0.05)
    assert time.monotonic() - began < 2.0
    release.set()  # when the device answers after all, the thread gives it back and ends
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])
    assert source.closed == 1


def test_a_camera_that_does_not_open_is_lost_after_the_time_for_opening() -> None:
    release = threading.Event()

    class Slow(ScriptedSource):
        def open(self) -> None:
            super().open()
            release.wait(30.0)

    camera = quick(Slow(), opens_within=0.3, stalled_after=0.01)
    time.sleep(0.4)
    assert camera.lost is None, "it was not started"
    camera.start()
    time.sleep(0.1)
    assert camera.lost is None, "it is opening, not reading"
    until(lambda: camera.lost is not None)
    assert camera.lost == "The camera has given no picture for more than 0.3 s."
    assert not camera.black
    release.set()
    until(lambda: seen(camera))
    assert camera.lost is None
    camera.close()
    assert camera.lost is None


def test_a_camera_that_opens_and_gives_no_picture_is_lost_after_the_time_for_stalling() -> None:
    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    source = ScriptedSource(hang)
    camera = quick(source, opens_within=60.0, stalled_after=0.2)
    camera.start()
    until(lambda: not source.steps)
    assert camera.lost is None
    until(lambda: camera.lost is not None)
    assert camera.lost == "The camera has given no picture for more than 0.2 s."
    release.set()
    camera.close()


def test_every_picture_is_a_sign_of_life() -> None:
    camera = quick(ScriptedSource(), stalled_after=0.2, opens_within=0.2)
    camera.start()
    assert camera.wait_ready(5.0)
    for _ in range(50):
        time.sleep(0.01)
        assert camera.lost is None
    camera.close()


@pytest.mark.parametrize("call", ["read", "close"])
def test_a_driver_that_does_not_return_hangs(call: str) -> None:
    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    class Stubborn(ScriptedSource):
        def close(self) -> None:
            super().close()
            release.wait(30.0)

    source = ScriptedSource(lambda: PICTURE, hang) if call == "read" else Stubborn(lambda: PICTURE, fail())
    camera = quick(source, hung_after=0.3)
    camera.start()
    until(lambda: not source.steps)
    assert not camera.hung, "not yet"
    until(lambda: camera.hung)
    release.set()
    until(lambda: not camera.hung)
    camera.close()


def test_a_camera_that_waits_to_be_opened_again_does_not_hang() -> None:
    camera = Camera(ScriptedSource(lambda: PICTURE, fail()), retry_after=60.0, hung_after=0.05)
    camera.start()
    until(lambda: camera.lost is not None)
    time.sleep(0.2)
    assert not camera.hung
    camera.close()


def test_a_camera_that_hangs_from_the_start_is_only_lost() -> None:
    release = threading.Event()

    class Slow(ScriptedSource):
        def open(self) -> None:
            super().open()
            release.wait(30.0)

    camera = quick(Slow(), opens_within=0.05, hung_after=0.05)
    camera.start()
    until(lambda: camera.lost is not None)
    time.sleep(0.1)
    assert not camera.hung
    release.set()
    camera.close()
