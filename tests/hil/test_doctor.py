"""The doctor, who is asked by `systemctl start earsight-doctor`."""

from __future__ import annotations

import re

from earsight.doctor.finding import Finding, Status, spoken
from earsight.language.languages import load_language
from tests.earsight.words import english
from tests.hil.device import Device, settings
from tests.hil.record import Scenario
from tests.hil.service import SETTINGS

_ALL = 0.95
"""Share of a long text from which on it was heard: an emulated card tears a piece here and there."""


def assert_heard(device: Device, texts: list[str], began: float) -> None:
    shares = {text: device.share_heard(text, began) for text in texts}
    assert all(share > _ALL for share in shares.values()), shares


def test_the_doctor_speaks(device: Device, scenario: Scenario) -> None:
    """The doctor says aloud all that does not work, a camera without a cable too; then Earsight goes on."""
    device.use()
    device.camera.plug_out()
    try:
        began = device.guest.now()
        device.guest.run("systemctl", "start", "earsight-doctor", limit=300)
        found = _found(device)
    finally:
        device.camera.plug_back_in()
    scenario.took("the doctor", device.guest.now() - began)
    (camera,) = (finding for finding in found if finding.name == "camera")
    assert camera.status is Status.FAILURE
    assert_heard(device, spoken(found, load_language("en")), began)
    device.service.wait_for_state("active", 60)
    device.described()


def test_the_doctor_reads_a_mistake_out(device: Device) -> None:
    """The settings have a mistake: the doctor says aloud in which line, and what would be right."""
    device.service.stop()
    device.service.configure(settings(camera={"width": "wide"}))
    began = device.guest.now()
    device.guest.run("systemctl", "start", "earsight-doctor", limit=300, check=False)
    (line, mistake), *others = (match.groups() for match in _written(device, rf"{SETTINGS}:(\d+): (.+)"))
    assert not others
    told = spoken([Finding("settings", Status.FAILURE, f"line {line}, {mistake}")], load_language("en"))
    assert_heard(device, told, began)
    device.hears(english("start.wrong_settings"), began, 60)  # Earsight itself, which is started afterwards


def _found(device: Device) -> list[Finding]:
    """As it is written."""
    matches = _written(device, rf"({'|'.join(Status)}) +([a-z ]+): (.+?)(?: -> (.+))?")
    return [
        Finding(name, Status(status), detail, advice or "")
        for status, name, detail, advice in (match.groups() for match in matches)
    ]


def _written(device: Device, pattern: str) -> list[re.Match[str]]:
    """The lines of the doctor's that are of this kind."""
    command = ("journalctl", "--unit=earsight-doctor", "--output=cat", "--no-pager")
    lines = device.guest.run(*command).output.splitlines()
    return [match for line in lines if (match := re.fullmatch(pattern, line))]
