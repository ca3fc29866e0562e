"""The power cable, the card, and the clock."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from earsight.config.last_good import COPY as LAST_GOOD
from earsight.voice.earcons import Earcon, render
from tests.earsight.preferences_file import NAME, chosen_volume
from tests.earsight.words import english
from tests.hil import quick_model
from tests.hil.button import SECOND_PIN
from tests.hil.conftest import REPORT, leave
from tests.hil.device import Device, settings
from tests.hil.guest import Guest
from tests.hil.installation import Installation
from tests.hil.power_cut import Left, LoggedCard
from tests.hil.record import Scenario
from tests.hil.recorder import Recorder
from tests.hil.service import SETTINGS, UNIT, WATCHDOG, Service
from tests.hil.speech import Speech

CUTS_AT = (4.0, 9.0, 13.0, 17.0, 22.0)
"""Seconds after a start of the service at which the power goes; from some eight on it is ready."""

_PREFERENCES = f"/var/lib/earsight/{NAME}"
_BOARD_WATCHDOG = "/sys/class/watchdog/watchdog0"

CUTS = 1000
_KEEPING = 120.0
"""Seconds for which it writes, to be cut off at any moment."""
_READ_THE_LOG = 50
"""Of so many cuts one has its log read, which takes the device a while."""
_ON_THE_CARD = """
mount /dev/vdb /mnt
for place in state=/var/lib/earsight settings=/etc/earsight logs=/var/log/journal; do
    mkdir -p ${place#*=}
    cp -a ${place#*=} /mnt/${place%%=*}
    mount --bind /mnt/${place%%=*} ${place#*=}
done
mkdir -p /run/systemd/journald.conf.d
printf '[Journal]\nStorage=persistent\nSyncIntervalSec=1s\n' >/run/systemd/journald.conf.d/on-the-card.conf
systemctl restart systemd-journald
journalctl --flush
"""


@pytest.fixture
def own_disk(installation: Installation, tmp_path: Path) -> Path:
    """One that keeps what is written to it, over the machine's common one."""
    if shutil.which("qemu-img") is None:
        pytest.skip("needs qemu-img: script/hil installs it")
    disk = tmp_path / "own.qcow2"
    backing = f"backing_file={installation.disk},backing_fmt=raw"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", backing, disk], check=True)
    return disk


@pytest.mark.once
@pytest.mark.usefixtures("alone")
def test_power_cuts(installation: Installation, own_disk: Path, scenario: Scenario) -> None:
    """The power goes while the service starts, and while it keeps the volume: all is whole, each time."""
    wanted = _settings()
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
                chosen_volume(guest.read(_PREFERENCES))
            else:
                device.service.configure(wanted)
                guest.run("sync")
                _keep_volumes(device, seconds)
                guest.cut_power()
        finally:
            guest.close()


@pytest.mark.once
@pytest.mark.usefixtures("alone")
def test_a_thousand_power_cuts(installation: Installation, tmp_path: Path, scenario: Scenario) -> None:
    """At a thousand moments, less what the card has not promised: settings, volume and log are whole."""
    card, chance, wanted = LoggedCard(tmp_path), random.Random(6), _settings()
    guest = Guest(installation.image, installation.disk, more=card.options())
    try:
        guest.start()
        guest.shell(_ON_THE_CARD)
        device = Device(guest)
        device.service.configure(wanted)
        guest.run("sync")
        first = len(card.log())
        _keep_volumes(device, _KEEPING)
        log = card.log()
        cuts = card.cuts(log, chance)
        volumes, losses = [], 0
        for number, moment in enumerate(sorted(chance.choices(range(first, len(log) + 1), k=CUTS))):
            content, lost = cuts.after(moment)
            (tmp_path / "left.img").write_bytes(content)
            left = Left(tmp_path / "left.img")
            assert yaml.safe_load(left.content("/settings/earsight.yaml")) == wanted
            volumes.append(_volume(left))
            losses += lost > 0
            if number % _READ_THE_LOG == 0:
                _assert_log_can_be_read(guest, left)
    finally:
        guest.close()
    scenario.counted("power cuts", CUTS)
    scenario.counted("of these with writes lost", losses)
    scenario.counted("writes and flushes, among which they were", len(log) - first)
    kept = [volume for volume in volumes if volume is not None]
    assert len(set(kept)) > 1, "nothing was written: the test has tested nothing"
    assert volumes[-len(kept) :] == kept, "a volume that was kept is gone"


def _volume(left: Left) -> float | None:
    """None: none has been kept yet."""
    names = {name for name in left.names("/state") if not name.startswith(".")}  # libraries have some, too
    assert names <= {f"{name}{part}" for name in (NAME, LAST_GOOD) for part in ("", ".partial")}
    return chosen_volume(left.content(f"/state/{NAME}")) if NAME in names else None


def _assert_log_can_be_read(guest: Guest, left: Left) -> None:
    logs = guest.shared / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    left.copy_out("/logs", guest.shared)
    command = ["journalctl", "--directory=/hil/logs", f"--unit={UNIT}", "--output=cat", "--quiet"]
    assert guest.run(*command).output


def _settings() -> dict[str, Any]:
    return settings(triggers={"second_button": {"pin": SECOND_PIN}}, narration={"novelty": 0.7})


def _keep_volumes(device: Device, seconds: float) -> None:
    """From a start on, let the service write as often as it can."""
    until = device.service.start_without_waiting() + seconds
    while device.guest.now() < until:
        device.second_button.press(1.0)
        device.second_button.double_press()


def _assert_whole(guest: Guest, wanted: dict[str, Any]) -> None:
    assert yaml.safe_load(guest.read(SETTINGS)) == wanted
    if guest.run("test", "-e", _PREFERENCES, check=False).status == 0:
        chosen_volume(guest.read(_PREFERENCES))
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
        assert heard.hears(speech.of(english("camera.lost")))  # there is none
    finally:
        guest.close()


@pytest.fixture
def read_only(alone: None, installation: Installation, scenario: Scenario) -> Iterator[Device]:  # noqa: ARG001
    guest = Guest(installation.image, installation.disk, extra="ro")
    try:
        guest.start()
        # What the read-only system of the manual has: a place in memory for what has to be writable.
        guest.shell(
            "for d in /var /etc; do mkdir -p /run/rw$d/up /run/rw$d/work; "
            "mount -t overlay overlay -o lowerdir=$d,upperdir=/run/rw$d/up,workdir=/run/rw$d/work $d; done"
        )
        device = Device(guest)
        yield device
        leave(device, 0.0, REPORT / scenario.name)
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
    device.use(triggers={"second_button": {"pin": SECOND_PIN}})
    assert device.answer(device.second_button.press(1.2)) == english("volume.quieter")
    try:
        device.guest.shell("dd if=/dev/zero of=/var/full bs=1M 2>/dev/null || true; sync")
        assert device.answer(device.second_button.double_press()) == english("volume.louder")
        chosen_volume(device.guest.read(_PREFERENCES))  # the new one, or still the old
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
        device.guest.run("sleep", str(WATCHDOG + 5))
        device.described()
    finally:
        device.guest.run("date", "--set", f"@{before}")
    device.described()
    assert device.service.process == process
    assert not [line for line in device.service.journal(began) if line.text.startswith("notice: ")]


@pytest.mark.usefixtures("alone")
def test_the_hardware_watchdog(installation: Installation, scenario: Scenario) -> None:
    """systemd itself stands still: the board's own watchdog, which it had fed, starts the board anew."""
    guest = Guest(installation.image, installation.disk, more=("-device", "i6300esb"))
    try:
        guest.start()
        guest.shell(f"until grep -qx active {_BOARD_WATCHDOG}/state; do sleep 1; done", limit=60)
        assert guest.read(f"{_BOARD_WATCHDOG}/timeout").strip() == "15"
        guest.run("sleep", "25")
        guest.run("kill", "-SEGV", "1")
        scenario.took("standstill to the new start", guest.wait_for_reset(60))
    finally:
        guest.close()
