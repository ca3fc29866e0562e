"""Text in front of the camera: read in the voice of its language, stopped and gone on with by presses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from earsight.readers.networks import DETECTOR
from earsight.readers.reader import ReaderError
from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import Device
from tests.hil.photos import sign
from tests.hil.quick_reader import write_quick_reader

SIGNS = (
    ("ROOM 12", "DILARANG MASUK"),
    ("The first one", "Then the second", "Third"),
    ("KEEP CLEAR",),
)
"""What is read here."""

_READING = {
    "text": {"engine": "rapidocr", "keep_loaded": 600.0},
    "captioner": {"time_limit": 20.0},
}
"""With more time for a look than usual: emulated, loading the reader takes 10 s."""

_LIMIT = 120.0
"""Seconds from a press to the end of a sentence."""

_LONG, _VERY_LONG = 1.2, 3.0
"""Seconds for which the button is held."""


@pytest.fixture
def reader(device: Device, tmp_path: Path) -> Iterator[None]:
    """A reader that an emulated processor is quick enough for, in the place of the package's."""
    write_quick_reader(tmp_path, [line for lines in SIGNS for line in lines])
    quick = device.guest.shared / "reader"
    shutil.copytree(tmp_path, quick, dirs_exist_ok=True)
    found = device.guest.shell(f"find /opt/earsight/releases -name {DETECTOR}").output.split()
    folder = PurePosixPath(found[0]).parent
    device.guest.shell(f"cp -r {folder} /run/reader; cp /hil/reader/* {folder}")
    yield
    device.service.stop()
    device.guest.shell(f"cp /run/reader/* {folder}; rm -r /run/reader")


def _read(device: Device) -> float:
    """When it was asked for."""
    return device.guest.run("earsight", "do", "read", limit=_LIMIT, check=False).began


@pytest.mark.core
@pytest.mark.usefixtures("reader")
def test_a_sign_is_read(device: Device) -> None:
    """`earsight do read`: a tone, then each line in the voice of its language; it can be repeated."""
    device.use(**_READING)
    device.camera.show(sign(*SIGNS[0]))
    asked = _read(device)
    device.hears_tone(Earcon.LOOK, asked)
    device.hears("Room 12.", asked, _LIMIT)
    device.hears("Dilarang masuk.", asked, _LIMIT, language="id")
    repeated = device.guest.run("earsight", "do", "repeat").began
    device.hears("Room 12.", repeated, _LIMIT)
    assert "ROOM" not in device.guest.run("journalctl", "--boot", "--unit=earsight").output.upper()


@pytest.mark.usefixtures("reader")
def test_a_press_stops_and_goes_on(device: Device) -> None:
    """With one button: the menu reads, a short press stops, the next one goes on."""
    device.use(**_READING)
    device.camera.show(sign(*SIGNS[1]))
    opened = device.button.press(_VERY_LONG)
    device.hears(f"{english('menu.opened')}. {english('action.read')}.", opened)
    chosen = device.button.press(_LONG)
    device.begins("Then the second.", chosen)
    stopped = device.button.press()
    device.guest.run("sleep", "3")
    assert not device.has_heard("Third.", stopped)
    going = device.button.press()
    device.hears("Third.", going, _LIMIT)


@pytest.mark.usefixtures("reader")
def test_what_could_be_taken_for_a_promise_is_the_signs(device: Device) -> None:
    """Words of safety are read after "The text says:"; each is a sound of its own."""
    device.use(**_READING)
    device.camera.show(sign(*SIGNS[2]))
    asked = _read(device)
    told = device.hears(english("quotation.frame"), asked, _LIMIT).at
    device.hears("Keep clear.", told, _LIMIT)


def test_no_text_and_no_camera(device: Device) -> None:
    """Where nothing is to be read, the wearer hears why."""
    device.use(**_READING)
    device.camera.plug_out()
    try:
        gone = _read(device)
        device.hears(english("error.camera_absent"), gone, _LIMIT)
    finally:
        device.camera.plug_back_in()


def test_without_the_package(device: Device) -> None:
    """Where nothing can read, that is said, and the journal says what is missing."""
    device.use()
    asked = device.guest.run("earsight", "do", "read", check=False).began
    assert device.answer(asked) == english(ReaderError.spoken)
    device.service.wait_for("text.engine is none", asked, 30)
