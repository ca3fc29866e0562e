"""script/install over an installed version: the new one takes its place, or leaves no trace."""

from __future__ import annotations

import pytest

from tests.install.box import CONFIG, UNITS, Box


def test_an_upgrade_takes_the_place_of_the_old_version_and_keeps_the_settings(installed: Box) -> None:
    before = installed.release()
    installed.write(CONFIG, "voice: {rate: 200}\n")
    installed.change("second")
    done = installed.install()
    assert done.returncode == 0, done.stderr
    assert installed.release() != before
    assert [f"releases/{name}" for name in installed.releases()] == [installed.release()]
    assert installed.read("/opt/earsight/current/README.md") == "second"
    assert installed.read(CONFIG) == "voice: {rate: 200}\n"


@pytest.mark.parametrize("what", ["pip", "proof"])
def test_an_upgrade_that_can_not_be_built_or_does_not_work_never_touches_the_running_one(
    installed: Box, what: str
) -> None:
    before = installed.release()
    installed.change("second")
    installed.write(f"{installed.sources}/systemd/earsight.service", "# second\n")
    installed.write(f"/fails/{what}", "")
    installed.asked()
    done = installed.install()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Earsight: ")
    assert [f"releases/{name}" for name in installed.releases()] == [before]
    assert installed.read(f"{UNITS}/earsight.service") != "# second\n"
    assert not [line for line in installed.asked() if "stop" in line or "start" in line]


@pytest.mark.parametrize("how", ["dies at once", "dies soon"])
def test_an_upgrade_that_does_not_start_is_taken_back_with_its_files(installed: Box, how: str) -> None:
    before = installed.release()
    unit = installed.read(f"{UNITS}/earsight.service")
    installed.change(how)
    installed.write(f"{installed.sources}/systemd/earsight.service", f"{unit}# second\n")
    done = installed.install()
    assert done.returncode == 1
    assert "going back" in done.stderr
    assert installed.release() == before
    assert [f"releases/{name}" for name in installed.releases()] == [before]
    assert installed.read(f"{UNITS}/earsight.service") == unit
    assert installed.read("/state") == "active\n"


def test_a_version_that_is_taken_back_takes_its_new_files_along(installed: Box) -> None:
    """And the old one is started, also where a step on the way back fails."""
    new = (f"{UNITS}/earsight-cant-start.service", f"{UNITS}/earsight.service.d/50-cant-start.conf")
    installed.shell('rm "$@" /opt/earsight/current/systemd/*cant-start*', *new)
    installed.change("second")
    installed.write("/fails/reload", "")
    installed.asked()
    done = installed.install()
    assert done.returncode == 1
    assert "going back" in done.stderr
    assert installed.read("/opt/earsight/current/README.md") == "first\n"
    assert [path for path in new if installed.has(path)] == []
    assert "systemctl start earsight" in installed.asked()


def test_a_service_that_was_stopped_stays_stopped(installed: Box) -> None:
    installed.shell("systemctl stop earsight")
    installed.change("second")
    done = installed.install()
    assert done.returncode == 0
    assert "stays so" in done.stderr
    assert installed.read("/state") == "inactive\n"


def test_a_service_that_has_failed_is_started_anew_by_an_upgrade(installed: Box) -> None:
    installed.write("/state", "failed\n")
    installed.change("second")
    assert installed.install().returncode == 0
    assert installed.read("/state") == "active\n"
