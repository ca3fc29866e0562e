"""The power cable, the card, and the clock."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hil.device import Device, settings
from tests.hil.guest import Guest
from tests.hil.installation import Installation
from tests.hil.record import Scenario
from tests.hil.service import SETTINGS

CUTS_AT = (4.0, 9.0, 16.0)
"""Seconds after a start of the service at which the power goes."""


@pytest.fixture
def own_disk(installation: Installation, tmp_path: Path) -> Path:
    """One that keeps what is written to it, over the machine's common one."""
    if shutil.which("qemu-img") is None:
        pytest.skip("needs qemu-img: script/hil installs it")
    disk = tmp_path / "own.qcow2"
    backing = f"backing_file={installation.disk},backing_fmt=raw"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", backing, disk], check=True)
    return disk


def test_power_cuts(installation: Installation, own_disk: Path, scenario: Scenario) -> None:
    """The power goes while the service starts and writes: each time it comes up whole, with its settings."""
    wanted = settings()
    for number, seconds in enumerate(CUTS_AT):
        guest = Guest(installation.image, own_disk, kept=True)
        try:
            scenario.took("power to the agent", guest.start())
            device = Device(guest)
            if number:
                assert guest.read(SETTINGS).strip(), "the settings are gone"
                damaged = guest.run("dmesg").output
                assert "EXT4-fs error" not in damaged
            device.service.configure(wanted)
            guest.run("sync")
            device.service.start_without_waiting()
            guest.run("sleep", str(seconds))
            guest.cut_power()
        finally:
            guest.close()
    guest = Guest(installation.image, own_disk, kept=True)
    try:
        guest.start()
        device = Device(guest)
        device.settle()
        device.described()
    finally:
        guest.close()


@pytest.fixture
def read_only(installation: Installation) -> Iterator[Device]:
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
    device.guest.shell("dd if=/dev/zero of=/var/full bs=1M 2>/dev/null || true; sync")
    try:
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
    process = device.service.process
    before = device.guest.run("date", "+%s").output.strip()
    try:
        device.guest.run("date", "--set", jump)
        device.described()
    finally:
        device.guest.run("date", "--set", f"@{before}")
    device.described()
    assert device.service.process == process
