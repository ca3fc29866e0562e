"""The camera's cable, and what else a camera can do to the wearer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image as Picture

from earsight.language.language import PROBLEMS
from earsight.scene import Problem
from tests.earsight.words import english
from tests.hil import photos
from tests.hil.camera import DEVICE
from tests.hil.device import Device
from tests.hil.record import Scenario

Sight = Callable[[], Picture.Image]

BROKEN = english("error.camera")
NO_CAMERA = (BROKEN, english("error.camera_absent"), english("error.camera_in_use"))
"""What a press says, by what was found out when the camera was opened again."""
TOO_OLD = english("error.stale_frame")
BACK_WITHIN = 5.0
"""Seconds from its first frame until it is said that the camera is back."""


@pytest.fixture(autouse=True)
def _afresh(device: Device) -> None:
    """A process without a past: one that loses its camera again soon is slow to say that it is back."""
    device.service.stop()


@pytest.mark.core
def test_unplugged_and_back(device: Device, scenario: Scenario) -> None:
    """The camera is unplugged and plugged in again: said once each, and a press describes as before."""
    device.use()
    gone = device.guest.now()
    device.camera.plug_out()
    scenario.took("unplugged to the words", device.hears(english("camera.lost"), gone).at - gone)
    device.guest.run("sleep", "1")  # what a press cuts off is said again
    assert device.answer(device.button.press()) in NO_CAMERA
    back = device.camera.plug_back_in()
    recovery = device.hears(english("camera.back"), back).at - back
    scenario.took("plugged in to the words", recovery)
    device.guest.run("sleep", "1")
    device.described()
    assert device.service.times_said(english("camera.lost"), gone) == 1
    assert device.service.times_said(english("camera.back"), gone) == 1
    assert recovery <= device.within(BACK_WITHIN)


@pytest.mark.core
def test_stalls_without_an_error(device: Device, scenario: Scenario) -> None:
    """The camera delivers no new frame and reports no error: an old picture is never described."""
    device.use()
    stalled = device.guest.now()
    device.camera.stall()
    device.guest.run("sleep", "1.5")
    assert device.answer(device.button.press()) in (*NO_CAMERA, TOO_OLD)  # not lost yet, but too old already
    scenario.took("last frame to the words", device.hears(english("camera.lost"), stalled).at - stalled)
    assert device.answer(device.button.press()) in (*NO_CAMERA, TOO_OLD)
    went_on = device.camera.go_on()
    recovery = device.hears(english("camera.back"), went_on).at - went_on
    scenario.took("first frame to the words", recovery)
    assert recovery <= device.within(BACK_WITHIN)


def test_never_there_at_the_start(device: Device, scenario: Scenario) -> None:
    """No camera when the service starts: a press says so, and one that is plugged in later is used."""
    device.service.stop()
    device.camera.plug_out()
    try:
        device.use()
        assert device.answer(device.button.press()) in NO_CAMERA
    finally:
        back = device.camera.plug_back_in()
    scenario.took("plugged in to the words", device.hears(english("camera.back"), back).at - back)
    device.described()


def test_another_program_has_it(device: Device, scenario: Scenario) -> None:
    """Another program holds the camera when the service starts, and lets go of it later."""
    device.service.stop()
    device.guest.shell(
        f"systemd-run --quiet --unit=hil-thief v4l2-ctl -d {DEVICE} --silent --stream-mmap --stream-count=0"
    )
    try:
        device.use()
        assert device.answer(device.button.press()) in NO_CAMERA
    finally:
        device.guest.run("systemctl", "stop", "hil-thief")
    freed = device.guest.now()
    scenario.took("let go of to the words", device.hears(english("camera.back"), freed).at - freed)
    device.described()


@pytest.mark.parametrize(
    ("picture", "told", "answer"),
    [
        (photos.black, english("camera.black"), english("error.black_frame")),
        (photos.half, english("camera.lost"), BROKEN),
    ],
    ids=["black", "half"],
)
def test_no_whole_picture(device: Device, scenario: Scenario, picture: Sight, told: str, answer: str) -> None:
    """The camera delivers frames without a whole picture in them: none is described."""
    device.use()
    began = device.guest.now()
    device.camera.show(picture())
    scenario.took("first bad frame to the words", device.hears(told, began).at - began)
    assert device.answer(device.button.press()) == answer
    back = device.guest.now()
    device.camera.show(0)
    scenario.took("first whole frame to the words", device.hears(english("camera.back"), back).at - back)


@pytest.mark.parametrize(
    ("picture", "problem"),
    [(photos.covered, Problem.COVERED), (photos.wall, Problem.PLAIN), (photos.dark, Problem.DARK)],
    ids=["covered", "wall", "dark"],
)
def test_nothing_to_be_seen(device: Device, picture: Sight, problem: Problem) -> None:
    """A finger on the lens, a plain wall, or a dark room: that is said, and no description is made up."""
    device.use()
    device.camera.show(picture())
    device.guest.run("sleep", "1.5")
    assert device.answer(device.button.press()) == english(PROBLEMS[problem])


def test_narration_goes_on_after_a_loss(device: Device) -> None:
    """Speaking by itself survives the camera's absence."""
    device.use(narration={"every": 5})
    began = device.guest.now()
    device.camera.plug_out()
    device.hears(english("camera.lost"), began)
    device.camera.show(1)
    back = device.camera.plug_back_in()
    device.hears(english("camera.back"), back)
    line = device.service.wait_for("^narration: ", back, 90)
    assert line.text == f"narration: {device.sight()}"
    device.hears(device.sight(), back)
