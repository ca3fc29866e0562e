"""Buttons on the lines of any board, and keys of remote controls, pedals and earphones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from earsight.message import message
from tests.earsight.words import english
from tests.hil.button import PI_4, PIN
from tests.hil.device import Device, settings
from tests.hil.input_device import BLUETOOTH, RemoteControl
from tests.hil.record import Scenario

NAME = "HIL Remote"
KEY = message("part.key", name="remote")
BUTTON = message("part.button")

BY_NAME = {"driver": "gpiod", "line": f"GPIO{PIN}"}
BY_LABEL = {"driver": "gpiod", "chip": PI_4.label, "line": PIN}

# What script/install puts in place where the settings have keys.
_OPEN_INPUT_DEVICES = """
for unit in earsight earsight-doctor; do
    mkdir -p /run/systemd/system/$unit.service.d
    cp /opt/earsight/current/systemd/keys.conf /run/systemd/system/$unit.service.d/10-keys.conf
done
systemctl daemon-reload
"""
_SHUT_THEM = """
for unit in earsight earsight-doctor; do rm /run/systemd/system/$unit.service.d/10-keys.conf; done
systemctl daemon-reload
"""


def answered(device: Device, pressed: float) -> bool:
    """Whether a press at that time was taken. That it can be heard is what other scenarios are about."""
    line = device.service.wait_for("^answer: ", pressed, 60)
    return line.text == f"answer: {device.sight()}"


def used_in_all_ways(device: Device, press: Callable[..., float], double_press: Callable[[], float]) -> None:
    """Short, double and long presses mean what they should."""
    device.camera.show(0)
    said = device.answer(press())
    assert said == device.sight()
    device.camera.show(1)
    assert device.answer(double_press()) == said
    assert device.answer(press(1.2)).startswith(device.sight())
    device.camera.show(0)


@pytest.mark.parametrize("section", [BY_NAME, BY_LABEL], ids=["by-name", "by-label"])
def test_a_line_of_any_board(device: Device, section: Mapping[str, Any]) -> None:
    """A button through libgpiod, on a line by its name or number, beside a chip that has such a line too."""
    device.service.stop()
    device.header.put_another()
    try:
        device.use(triggers={"button": section})
        used_in_all_ways(device, device.button.press, device.button.double_press)
    finally:
        device.service.stop()
        device.header.take_other_away()


def test_the_chip_goes_and_comes_back(device: Device, scenario: Scenario) -> None:
    """A chip that is unplugged while its line is watched: said, and said to work again."""
    device.use(triggers={"button": BY_LABEL})
    device.described()
    gone = device.guest.now()
    device.header.detach()
    try:
        heard = device.hears(english("part.not_working", part=BUTTON), gone, 60)
        scenario.took("unplugged to the words", heard.at - gone)
    finally:
        device.header.attach()
    back = device.guest.now()
    heard = device.hears(english("part.working_again", part=BUTTON), back, 60)
    scenario.took("plugged in to the words", heard.at - back)
    device.described()


@pytest.fixture
def open_input_devices(device: Device) -> Iterator[None]:
    device.service.stop()
    device.guest.shell(_OPEN_INPUT_DEVICES)
    yield
    device.service.stop()
    device.guest.shell(_SHUT_THEM)


def with_a_key(**key: Any) -> dict[str, dict[str, Any]]:
    return settings(triggers={"button": None, "keys": {"remote": {"key": "KEY_PLAYPAUSE", **key}}})


@pytest.mark.usefixtures("open_input_devices")
def test_a_remote_control(device: Device, scenario: Scenario) -> None:
    """A key: looked for, pressed, pressed twice, held, unplugged while it is watched, and found again."""
    remote = RemoteControl(device.guest, NAME)
    device.service.configure(with_a_key(device=NAME))
    try:
        began = device.service.start_without_waiting()
        device.hears(english("part.absent", part=KEY), began, 120)
        device.service.wait_for_state("active", 120)
        plugged = remote.plug_in()
        heard = device.hears(english("part.connected", part=KEY), plugged, 60)
        scenario.took("plugged in to the words", heard.at - plugged)
        used_in_all_ways(device, remote.press, remote.double_press)
        process = device.service.process
        gone = remote.plug_out()
        device.hears(english("part.absent", part=KEY), gone, 60)
        plugged = remote.plug_in()
        device.hears(english("part.connected", part=KEY), plugged, 60)
        assert device.answer(remote.press()) == device.sight()
        assert device.service.process == process
    finally:
        remote.put_away()


@pytest.mark.usefixtures("open_input_devices")
def test_a_bluetooth_remote_control_that_sleeps(device: Device) -> None:
    """One that disconnects to save power is not spoken of, and works as soon as it is back."""
    remote = RemoteControl(device.guest, NAME, BLUETOOTH)
    remote.plug_in()
    try:
        device.service.configure(with_a_key(device=NAME))
        device.service.start()
        assert answered(device, remote.press())
        asleep = remote.plug_out()
        device.service.wait_for("is not connected", asleep, 30)
        device.guest.run("sleep", "3")
        awake = remote.plug_in()
        device.service.wait_for(f"on {NAME}", awake, 30)
        assert answered(device, remote.press())
        assert not device.service.times_said(english("part.absent", part=KEY), asleep)
    finally:
        remote.put_away()


# Whether another program gets what happens on a device.
_READ = """
import os, select, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
print(bool(select.select([handle], [], [], 20)[0]))
"""


@pytest.mark.usefixtures("open_input_devices")
@pytest.mark.parametrize("grab", [False, True], ids=["shared", "grabbed"])
def test_other_programs_get_the_key_unless_it_is_grabbed(device: Device, grab: bool) -> None:
    """A device is Earsight's alone if the settings say so, and only then."""
    remote = RemoteControl(device.guest, NAME)
    remote.plug_in()
    try:
        device.service.configure(with_a_key(device=NAME, grab=grab))
        device.service.start()
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(device.guest.run, "python3", "-c", _READ, remote.node)
            device.guest.run("sleep", "3")  # until it reads
            assert answered(device, remote.press())
            assert other.result().output.strip() == str(not grab)
    finally:
        remote.put_away()


@pytest.mark.usefixtures("open_input_devices")
def test_the_doctor_and_keys(device: Device) -> None:
    """The doctor says that a key's device is not connected, and that it is ready when it is."""
    remote = RemoteControl(device.guest, NAME)
    device.service.configure(with_a_key(device=NAME))
    found = _keys_as_the_doctor_finds_them(device)
    assert "not connected" in found
    remote.plug_in()
    try:
        assert f"KEY_PLAYPAUSE of {NAME} is ready" in _keys_as_the_doctor_finds_them(device)
    finally:
        remote.put_away()


def _keys_as_the_doctor_finds_them(device: Device) -> str:
    device.guest.run("systemctl", "start", "earsight-doctor", limit=300)
    device.service.stop()
    lines = device.guest.run("journalctl", "--unit=earsight-doctor", "--output=cat", "--no-pager").output
    return [line for line in lines.splitlines() if " keys: " in line][-1]
