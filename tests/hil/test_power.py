"""The power cable, the card, and the clock."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from earsight import wording
from earsight.voice.earcons import Earcon, render
from tests.hil import quick_model
from tests.hil.button import SECOND_PIN
from tests.hil.device import Device, settings
from tests.hil.guest import Guest
from tests.hil.installation import Installation
from tests.hil.record import Scenario
from tests.hil.recorder import Recorder
from tests.hil.service import SETTINGS, UNIT, Service
from tests.hil.speech import Speech

CUTS_AT = (4.0, 9.0, 13.0, 17.0, 22.0)
"""Seconds after a start of the service at which the power goes; from some eight on it is ready."""

_VOLUME = "/var/lib/earsight/volume.json"


@pytest.fixture
def own_disk(installation: Installation, tmp_path: Path) -> Path:
    """One that keeps what is written to it, over the machine's common one."""
    if shutil.which("qemu-img") is None:
        pytest.skip("needs qemu-img: script/hil installs it")
    disk = tmp_path / "own.qcow2"
    backing = f"backing_file={installation.disk},backing_fmt=raw"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", backing, disk], check=True)
    return disk


@pytest.mark.usefixtures("alone")
def test_power_cuts(installation: Installation, own_disk: Path, scenario: Scenario) -> None:
    """The power goes while the service starts, and while it keeps the volume: all is whole, each time."""
    wanted = settings(triggers={"second_button": {"pin": SECOND_PIN}}, narration={"novelty": 0.7})
    for number, seconds in enumerate((*CUTS_AT, None)):
        guest = Guest(installation.image, own_disk, kept=True)
        try:
            scenario.took("power to the agent", guest.start())
            if number:
                _assert_whole(guest, wanted)
            device = Device(guest)
            if seconds is None:
                device.camera.show(0)
                device.service.start()
                device.described()
            else:
                device.service.configure(wanted)
                guest.run("sync")
                _keep_volumes(device, seconds)
                guest.cut_power()
        finally:
            guest.close()


def _keep_volumes(device: Device, seconds: float) -> None:
    """From a start on, let the service write as often as it can."""
    until = device.service.start_without_waiting() + seconds
    while device.guest.now() < until:
        device.second_button.press(1.0)
        device.second_button.double_press()


def _assert_whole(guest: Guest, wanted: dict[str, Any]) -> None:
    assert yaml.safe_load(guest.read(SETTINGS)) == wanted
    if guest.run("test", "-e", _VOLUME, check=False).status == 0:
        assert json.loads(guest.read(_VOLUME))
    assert "EXT4-fs error" not in guest.run("dmesg").output


@pytest.mark.usefixtures("alone")
def test_switched_on(installation: Installation, own_disk: Path, scenario: Scenario) -> None:
    """The power comes, and nobody does anything: the service starts with the board, and is heard."""
    guest = Guest(installation.image, own_disk, kept=True)
    try:
        guest.start()
        guest.run("systemctl", "stop", UNIT)
        Recorder.prepare(guest)
        bundle = "/var/lib/hil-model"
        quick_model.write(guest.shared / "model")
        guest.run("cp", "-r", "/hil/model", bundle)
        alone = settings(captioner={"bundle": bundle}, triggers={"button": None})
        guest.write(SETTINGS, yaml.safe_dump(alone))
        guest.shut_down()
    finally:
        guest.close()
    guest = Guest(installation.image, own_disk, kept=True)
    try:
        (guest.shared / "ear").mkdir()
        guest.start()
        service, ear, speech = Service(guest), Recorder(guest, prepared=True), Speech(guest)
        service.wait_for("^notice: ", 0.0, 120)
        guest.run("sleep", "4")
        heard = ear.between(service.journal(0.0)[0].at, guest.now())
        ready = heard.hears(render(Earcon.READY).samples)
        assert ready
        scenario.took("kernel to the tone of readiness", ready.at)
        assert heard.hears(speech.of(wording.CAMERA_LOST))  # there is none
    finally:
        guest.close()


@pytest.fixture
def read_only(alone: None, installation: Installation) -> Iterator[Device]:  # noqa: ARG001
    guest = Guest(installation.image, installation.disk, extra="ro")
    try:
        guest.start()
        # What the read-only system of the manual has: a place in memory for what has to be writable.
        guest.shell(
            "for d in /var /etc; do mkdir -p /run/rw$d/up /run/rw$d/work; "
            "mount -t overlay overlay -o lowerdir=$d,upperdir=/run/rw$d/up,workdir=/run/rw$d/work $d; done"
        )
        yield Device(guest)
    finally:
        guest.close()


def test_a_read_only_card(read_only: Device, scenario: Scenario) -> None:
    """The root file system can't be written to: a press is answered all the same."""
    read_only.settle()
    pressed, _ = read_only.described()
    scenario.took("press until heard", read_only.guest.now() - pressed)
    assert read_only.guest.run("touch", "/opt/earsight/x", check=False).status != 0


def test_a_full_disk(device: Device) -> None:
    """No byte is left on the disk: presses are answered, and the service starts."""
    device.use()
    try:
        device.guest.shell("dd if=/dev/zero of=/var/full bs=1M 2>/dev/null || true; sync")
        device.described()
        device.service.stop()
        device.service.start()
        device.described()
    finally:
        device.guest.run("rm", "/var/full")


@pytest.mark.parametrize("jump", ["+1 day", "-1 year"])
def test_the_clock_jumps(device: Device, jump: str) -> None:
    """The clock on the wall jumps: nothing is said, missed or started anew for it."""
    device.use()
    process, began = device.service.process, device.guest.now()
    before = device.guest.run("date", "+%s").output.strip()
    try:
        device.guest.run("date", "--set", jump)
        device.described()
    finally:
        device.guest.run("date", "--set", f"@{before}")
    device.described()
    assert device.service.process == process
    assert not [line for line in device.service.journal(began) if line.text.startswith("notice: ")]
