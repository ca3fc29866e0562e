"""Cameras that fail, hang or stutter."""

import threading
import time

import numpy as np
import pytest

from earsight.cameras.backoff import Backoff
from earsight.cameras.camera import Camera
from earsight.cameras.source import BlackPictures, CameraError, StaleFrame
from tests.earsight.cameras.scripted import PICTURE, ScriptedSource, fail, quick, seen, until


def test_it_is_lost_says_why_and_comes_back() -> None:
    gate = threading.Event()

    def held() -> np.ndarray:
        gate.wait(5.0)
        return PICTURE

    source = ScriptedSource(lambda: PICTURE, fail(), held)
    camera = quick(source)
    camera.start()
    until(lambda: camera.lost is not None)
    assert camera.lost == "The plug is out."
    with pytest.raises(CameraError, match="The plug is out"):
        camera.recent(60.0)  # nor is an old frame given out as if nothing had happened
    gate.set()
    until(lambda: camera.lost is None)
    assert camera.recent(5.0)
    camera.close()
    assert source.closed == len(source.opened) == 2


def test_pauses_between_attempts_grow_up_to_the_longest() -> None:
    source = ScriptedSource(refusals=6)
    camera = quick(source, retry_after=0.02, retry_at_most=0.08)
    camera.start()
    until(lambda: seen(camera))
    camera.close()
    pauses = np.diff(source.opened)
    assert len(pauses) == 6
    assert all(pause >= least for pause, least in zip(pauses, [0.02, 0.04] + [0.08] * 4, strict=True))
    assert source.closed == 7


def test_the_pauses_go_by_how_long_the_camera_has_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    made, lasted = [], []

    class Noted(Backoff):
        def __init__(self, first: float, longest: float) -> None:
            made.append((first, longest))
            super().__init__(first, longest)

        def after(self, seconds: float) -> float:
            lasted.append(seconds)
            return super().after(seconds)

    def slow() -> np.ndarray:
        time.sleep(0.3)
        return PICTURE

    monkeypatch.setattr("earsight.cameras.camera.Backoff", Noted)
    source = ScriptedSource(slow, fail(), refusals=1)
    camera = quick(source, retry_after=0.25, retry_at_most=0.5)
    began = time.monotonic()
    camera.start()
    until(lambda: len(source.opened) == 3)
    camera.close()
    refused, worked = lasted[:2]
    assert made == [(0.25, 0.5)]
    assert 0 <= refused <= source.opened[1] - began - 0.25, "the pause does not count"
    assert 0.3 <= worked <= source.opened[2] - source.opened[1] - 0.5


def test_a_driver_s_surprise_is_survived_in_one_line() -> None:
    def surprise() -> np.ndarray:
        raise RuntimeError("two\nlines")

    source = ScriptedSource(surprise, *[fail()] * 2)
    camera = quick(source)
    camera.start()
    until(lambda: len(source.opened) > 1)
    until(lambda: seen(camera))
    camera.close()

    forever = ScriptedSource(*[surprise] * 1000)
    camera = quick(forever)
    camera.start()
    until(lambda: camera.lost is not None)
    assert camera.lost == "The camera failed: RuntimeError: two lines"
    camera.close()


def test_a_close_that_fails_is_survived() -> None:
    class Stubborn(ScriptedSource):
        def close(self) -> None:
            super().close()
            raise OSError("still busy")

    source = Stubborn(fail())
    camera = quick(source)
    camera.start()
    until(lambda: seen(camera))
    camera.close()


def test_a_camera_that_stutters_is_waited_for() -> None:
    go_on = threading.Event()

    def stutter() -> np.ndarray:
        go_on.wait(30.0)
        return PICTURE

    camera = quick(ScriptedSource(lambda: PICTURE, stutter))
    camera.start()
    assert camera.wait_ready(5.0)
    time.sleep(0.1)
    with pytest.raises(StaleFrame, match="s old"):
        camera.recent(0.05, patience=0.05)
    asked = time.monotonic()
    timer = threading.Timer(0.05, go_on.set)
    timer.start()
    assert camera.recent(0.05, patience=30.0)[-1].captured_at > asked
    timer.join()
    camera.close()


def test_the_wait_for_a_fresh_frame_ends_with_a_failure() -> None:
    began = time.monotonic()
    pulled = threading.Event()

    def pull() -> np.ndarray:
        pulled.wait(30.0)
        raise CameraError("The plug is out.")

    camera = Camera(ScriptedSource(lambda: PICTURE, pull), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    assert camera.wait_ready(5.0)
    time.sleep(0.1)
    timer = threading.Timer(0.05, pulled.set)
    timer.start()
    with pytest.raises(CameraError, match="plug"):
        camera.recent(0.01, patience=30.0)
    assert time.monotonic() - began < 15.0
    timer.join()
    camera.close()


def test_waiting_for_the_first_frame_ends_with_a_failure_or_with_close() -> None:
    began = time.monotonic()
    camera = Camera(ScriptedSource(refusals=10**6), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    assert not camera.wait_ready(30.0)
    assert camera.lost == "No cable."
    camera.close()

    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    camera = quick(ScriptedSource(hang))
    camera.start()
    timer = threading.Timer(0.05, lambda: camera.close(timeout=0.0))
    timer.start()
    assert not camera.wait_ready(30.0)
    assert time.monotonic() - began < 15.0
    timer.join()
    release.set()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])


def test_close_does_not_sit_out_a_long_pause() -> None:
    camera = Camera(ScriptedSource(refusals=10**6), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    until(lambda: camera.lost is not None)
    began = time.monotonic()
    camera.close()
    assert time.monotonic() - began < 2.0
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]


@pytest.mark.parametrize("seed", range(5))
def test_random_failures_leave_nothing_behind(seed: int) -> None:
    chance = np.random.default_rng(seed)
    steps = [fail() if chance.random() < 0.5 else (lambda: PICTURE) for _ in range(40)]
    source = ScriptedSource(*steps, refusals=int(chance.integers(0, 4)))
    camera = quick(source, retry_after=0.001, retry_at_most=0.002)
    camera.start()
    until(lambda: not source.steps)
    until(lambda: seen(camera))
    camera.close()
    assert source.closed == len(source.opened)
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]


def test_a_camera_that_is_known_to_be_lost_is_not_waited_for() -> None:
    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    camera = quick(ScriptedSource(lambda: PICTURE, hang), stalled_after=0.05)
    camera.start()
    assert camera.wait_ready(5.0)
    until(lambda: camera.lost is not None)
    began = time.monotonic()
    with pytest.raises(StaleFrame, match="s old"):
        camera.recent(0.01, patience=30.0)
    assert time.monotonic() - began < 10.0
    release.set()
    camera.close()


def test_black_pictures_are_told_from_other_failures() -> None:
    def black() -> np.ndarray:
        raise BlackPictures("The camera gives only black pictures.")

    camera = Camera(ScriptedSource(black, fail()), retry_after=0.3, retry_at_most=0.3)
    camera.start()
    until(lambda: camera.black)
    with pytest.raises(BlackPictures):
        camera.recent(60.0)
    until(lambda: camera.lost == "The plug is out.")
    assert not camera.black
    camera.close()


def test_one_failure_that_stays_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    source = ScriptedSource(fail(), fail(), fail("The driver is gone."), fail())
    camera = quick(source)
    camera.start()
    until(lambda: seen(camera))
    camera.close()
    logged = [record.message for record in caplog.records]
    assert logged == [
        "The plug is out.",
        "The driver is gone.",
        "The plug is out.",
        "The camera is working again.",
    ]
