"""A board that is busy, hot or short of power."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from earsight.service.supervisor import THROTTLED
from earsight.system.throttling import Throttling
from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import MODEL_THAT_SHIPS, Device
from tests.hil.record import Scenario


@contextmanager
def _firmware_that_tells(device: Device, bits: int) -> Iterator[None]:
    """Of heat or low voltage, as vcgencmd has it. Stops the service before and after."""
    device.guest.write("/run/vcgencmd", f"#!/bin/sh\necho throttled={bits:#x}\n")
    device.service.stop()
    try:
        device.guest.shell(
            "chmod 755 /run/vcgencmd; touch /usr/bin/vcgencmd; mount --bind /run/vcgencmd /usr/bin/vcgencmd"
        )
        yield
    finally:
        device.service.stop()
        device.guest.shell("umount /usr/bin/vcgencmd; rm /usr/bin/vcgencmd")


def test_one_core_is_gone(device: Device) -> None:
    """One of the processor's cores is taken away while it runs."""
    device.use()
    device.take_a_core()
    try:
        device.described()
    finally:
        device.give_the_core_back()


def test_others_want_the_processor(device: Device, scenario: Scenario) -> None:
    """Other programs want all of the processor: the tone still comes at once, and the answer comes."""
    device.use()
    try:
        for number in range(4):
            busy = ("sh", "-c", "while :; do :; done")
            device.guest.run("systemd-run", "--quiet", f"--unit=hil-busy{number}", *busy)
        pressed, said = device.described()
        tone = device.hears_tone(Earcon.LOOK, pressed)
        scenario.took("press to tone", tone.at - pressed)
        scenario.took("press to first word", device.hears(said, pressed).at - pressed)
        assert tone.at - pressed < 1.0
    finally:
        device.guest.shell("systemctl stop 'hil-busy*'")


def test_describing_takes_longer_than_the_period(device: Device) -> None:
    """It is to look every second and can't: it says so, once, and a press is answered all the same."""
    with device.service.patient():
        began = device.guest.now()
        device.use(captioner=MODEL_THAT_SHIPS, narration={"every": 1.0, "novelty": 0.0})
        device.hears(english("narration.cant_keep_up"), began, 240)
        device.guest.run("sleep", "20")
        device.described_somehow(240)
        assert device.service.times_said(english("narration.cant_keep_up"), began) == 1


@pytest.mark.parametrize(
    ("bits", "throttling"), [(0x1, Throttling.LOW_POWER), (0x4, Throttling.HOT)], ids=["power", "heat"]
)
def test_the_firmware_tells_of_throttling(device: Device, bits: int, throttling: Throttling) -> None:
    """The Raspberry Pi's firmware tells of heat or low voltage: said once, and a press is answered."""
    with _firmware_that_tells(device, bits):
        began = device.guest.now()
        device.use()
        device.hears(english(THROTTLED[throttling]), began, 60)
        device.described()
        assert device.service.times_said(english(THROTTLED[throttling]), began) == 1


def test_a_hot_board_looks_less_often(device: Device) -> None:
    """While it is hot, it looks half as often by itself, and says so once."""
    with _firmware_that_tells(device, 0x4):
        began = device.guest.now()
        device.use(narration={"every": 10.0, "novelty": 0.0})
        device.hears(english("narration.less_often"), began, 90)
        since = device.guest.now()
        device.guest.run("sleep", "60")
        looks = [line for line in device.service.journal(since) if line.text.startswith("narration: ")]
        assert 2 <= len(looks) <= 4
        assert device.service.times_said(english("narration.less_often"), began) == 1


def test_a_thermal_zone_is_hot(device: Device) -> None:
    """The kernel's own sensor, as on a Jetson, passes the limit and falls again: said once, and over."""
    zone, drop_in = "/run/thermal/thermal_zone0", "/run/systemd/system/earsight.service.d/thermal.conf"
    device.service.stop()
    device.guest.run("mkdir", "-p", zone, drop_in.rpartition("/")[0])
    device.guest.write(f"{zone}/type", "cpu-thermal")
    device.guest.write(f"{zone}/temp", "60000")
    device.guest.write(drop_in, "[Service]\nBindReadOnlyPaths=/run/thermal:/sys/class/thermal\n")
    device.guest.run("systemctl", "daemon-reload")
    try:
        device.use()
        began = device.guest.write(f"{zone}/temp", "86000")
        device.hears(english(THROTTLED[Throttling.HOT]), began, 60)
        device.described()
        device.guest.run("sleep", "25")  # in which it looks at the sensor again
        device.guest.write(f"{zone}/temp", "70000")
        device.service.wait_for("no longer slowed down", began, 60)
        assert device.service.times_said(english(THROTTLED[Throttling.HOT]), began) == 1
    finally:
        device.service.stop()
        device.guest.shell(f"rm {drop_in}; systemctl daemon-reload")


@pytest.mark.core
def test_the_sandbox(device: Device) -> None:
    """The unit is sound, and keeps the service from all that it has no use for."""
    device.use()
    told = device.guest.run("systemd-analyze", "verify", "earsight.service", check=False)
    assert (told.status, told.output + told.complaint) == (0, "")
    lines = device.guest.run("systemd-analyze", "security", "--no-pager", "earsight.service").output
    exposure = re.search(r"exposure level for earsight.service: ([\d.]+)", lines)
    assert exposure
    assert float(exposure[1]) <= 2.0, lines
    device.described()
