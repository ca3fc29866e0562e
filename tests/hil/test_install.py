"""script/install in a running device, under its systemd; all that needs none is in tests/install."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.hil.conftest import REPORT, leave
from tests.hil.device import Device
from tests.hil.guest import Guest
from tests.hil.installation import Installation
from tests.hil.record import Scenario
from tests.hil.service import SETTINGS, UNIT

_LIMIT = 1200.0
"""Seconds of this machine for an update: emulated, a virtual environment alone takes a minute or two."""


@pytest.fixture
def owned(alone: None, installation: Installation, scenario: Scenario) -> Iterator[Device]:  # noqa: ARG001
    """A device of its own, with the sources in /hil/source."""
    guest = Guest(installation.image, installation.disk)
    try:
        guest.start()
        installation.copy_sources(guest.shared / "source")
        device = Device(guest)
        device.camera.show(0)
        device.use()
        yield device
        leave(device, 0.0, REPORT / scenario.name)
    finally:
        guest.close()


def test_an_update_that_fails(owned: Device, scenario: Scenario) -> None:
    """A new version can't be had to its end: the old one answers meanwhile, and runs on afterwards."""
    owned.described()
    process, guest = owned.service.process, owned.guest
    (guest.shared / "source/README.md").write_text("Another version.\n")
    began = guest.now()
    unit = ("systemd-run", "--quiet", "--unit=update", "--setenv=PIP_NO_INDEX=1")
    guest.run(*unit, "/hil/source/script/install")
    until, answers = time.monotonic() + _LIMIT, []
    while _shown(owned, "ActiveState") == "active":
        assert time.monotonic() < until, "script/install does not come to an end"
        answers.append(owned.answer(owned.button.press()))
        guest.run("sleep", "5")
    scenario.took("the update until it failed", guest.now() - began)
    scenario.counted("presses meanwhile", len(answers))
    scenario.counted("descriptions in answer", answers.count(owned.sight()))
    assert _shown(owned, "ExecMainStatus") == "1", guest.run("journalctl", "--unit=update").output
    assert owned.service.process == process
    assert answers.count(owned.sight()) > len(answers) / 2, answers
    owned.described()
    assert guest.run("ls", "/opt/earsight/releases").output.split() == [
        guest.run("readlink", "/opt/earsight/current").output.strip().rpartition("/")[2]
    ]


def _shown(device: Device, name: str) -> str:
    return device.guest.run("systemctl", "show", "--value", f"--property={name}", "update").output.strip()


def test_uninstall(owned: Device) -> None:
    """What the owner has written stays, and nothing else: no unit, no user, no process, no file."""
    owned.described()
    guest = owned.guest
    settings = guest.read(SETTINGS)
    guest.run("/hil/source/script/install", "--uninstall", limit=300)
    assert owned.service.shown("LoadState") == "not-found", UNIT
    assert guest.run("id", "earsight", check=False).status != 0
    assert guest.run("pgrep", "--full", "earsight", check=False).output == ""
    found = guest.shell("find / -xdev -iname '*earsight*' ! -path '/hil/*' ! -path '/run/*'").output.split()
    assert found == ["/etc/earsight", SETTINGS]
    assert guest.read(SETTINGS) == settings
