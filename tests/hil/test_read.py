"""Text in front of the camera: read in the voice of its language, stopped and gone on with by presses."""

from __future__ import annotations

import pytest

from earsight.message import message
from earsight.readers.reader import ReaderError
from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import Device
from tests.hil.photos import sign

_READING = {"captioner": {"time_limit": 20.0}, "text": {"engine": "rapidocr", "keep_loaded": 600.0}}
"""An emulated processor reads for half a minute: the limit of a look goes by that of a caption."""

_LIMIT = 120.0
"""Seconds from a press to the end of a sentence."""

_LONG, _VERY_LONG = 1.2, 3.0
"""Seconds for which the button is held."""


def _read(device: Device) -> float:
    """When it was asked for."""
    return device.guest.run("earsight", "do", "read", limit=_LIMIT, check=False).began


@pytest.mark.core
def test_a_sign_is_read(device: Device) -> None:
    """`earsight do read`: a tone, then each line in the voice of its language; it can be repeated."""
    device.use(**_READING)
    device.camera.show(sign("ROOM 12", "DILARANG MASUK"))
    asked = _read(device)
    device.hears_tone(Earcon.LOOK, asked)
    device.hears("Room 12.", asked, _LIMIT)
    device.hears("Dilarang masuk.", asked, _LIMIT, language="id")
    repeated = device.button.double_press()
    device.hears("Room 12.", repeated, _LIMIT)
    assert "ROOM" not in device.guest.run("journalctl", "--boot", "--unit=earsight").output.upper()


def test_a_press_stops_and_goes_on(device: Device) -> None:
    """With one button: the menu reads, a short press stops, the next one goes on."""
    device.use(**_READING)
    device.camera.show(sign("First line of the sign", "Second line of it", "Third line"))
    opened = device.button.press(_VERY_LONG)
    device.hears(f"{english('menu.opened')}. {english('action.read')}.", opened)
    chosen = device.button.press(_LONG)
    device.begins("Second line of it.", chosen)
    stopped = device.button.press()
    device.guest.run("sleep", "3")
    assert not device.has_heard("Third line.", stopped)
    going = device.button.press()
    device.hears("Third line.", going, _LIMIT)


def test_what_could_be_taken_for_a_promise_is_the_signs(device: Device) -> None:
    """Words of safety are read after "The text says:"."""
    device.use(**_READING)
    device.camera.show(sign("KEEP CLEAR"))
    asked = _read(device)
    device.hears(f"{english(message('quotation.frame'))} Keep clear.", asked, _LIMIT)


def test_no_text_and_no_camera(device: Device) -> None:
    """Where nothing is to be read, the wearer hears why."""
    device.use(**_READING)
    device.camera.plug_out()
    try:
        gone = _read(device)
        device.hears(english("error.camera_absent"), gone, _LIMIT)
    finally:
        device.camera.plug_back_in()


@pytest.mark.core
def test_without_the_package(device: Device) -> None:
    """Where nothing can read, that is said, and the journal says what is missing."""
    device.use()
    asked = device.guest.run("earsight", "do", "read", check=False).began
    assert device.answer(asked) == english(ReaderError.spoken)
    device.service.wait_for("text.engine is none", asked, 30)
