"""The doctor, who is asked by `systemctl start earsight-doctor`."""

from __future__ import annotations

import re

from earsight.doctor import Finding, Status, spoken
from tests.hil.device import Device
from tests.hil.record import Scenario

_ALL = 0.95
"""Share of a long paragraph from which on it was heard: an emulated card tears a piece here and there."""


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
    assert device.share_heard(spoken(found), began) > _ALL
    device.service.wait_for_state("active", 60)
    device.described()


def _found(device: Device) -> list[Finding]:
    """As it is written."""
    command = ("journalctl", "--unit=earsight-doctor", "--output=cat", "--no-pager")
    lines = device.guest.run(*command).output.splitlines()
    pattern = re.compile(rf"({'|'.join(Status)}) +([a-z ]+): (.+?)(?: -> (.+))?")
    matches = [match for line in lines if (match := pattern.fullmatch(line))]
    return [
        Finding(name, Status(status), detail, advice or "")
        for status, name, detail, advice in (match.groups() for match in matches)
    ]
