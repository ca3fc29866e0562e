"""script/install --user: as a person's own user, whose sound server has the sound."""

from __future__ import annotations

import pytest

from tests.install.box import UNITS, Box


def owners(box: Box) -> str:
    """Whose the service's folders and all in them are."""
    return box.shell("find /var/lib/earsight /var/cache/earsight -printf '%u\\n' | sort -u").stdout


def test_as_a_persons_user_and_back(installed: Box) -> None:
    installed.shell("useradd --create-home wearer")
    uid = installed.shell("id -u wearer").stdout.strip()
    done = installed.install("--user", "wearer")
    assert done.returncode == 0, done.stderr
    dropped = installed.read(f"{UNITS}/earsight.service.d/30-user.conf")
    assert f"User=wearer\nEnvironment=XDG_RUNTIME_DIR=/run/user/{uid}\n" in dropped
    assert "@" not in dropped.replace(f"user@{uid}.service", "")
    assert installed.has("/var/lib/systemd/linger/wearer")
    assert installed.shell("stat -c %U /var/lib/earsight").stdout == "wearer\n"
    installed.change("second")
    assert installed.install().returncode == 0
    assert installed.has(f"{UNITS}/earsight.service.d/30-user.conf"), "an upgrade keeps what was chosen"
    assert installed.install("--user", "earsight").returncode == 0
    assert not installed.has(f"{UNITS}/earsight.service.d/30-user.conf")


def test_a_user_for_whom_it_is_not_proven_changes_nothing(installed: Box) -> None:
    installed.shell("useradd --create-home wearer")
    installed.write("/fails/proof", "")
    assert installed.install("--user", "wearer").returncode == 1
    assert owners(installed) == "earsight\n"
    installed.shell("rm /fails/proof")
    assert installed.install().returncode == 0
    assert owners(installed) == "earsight\n", "a plain install goes by what was there before"
    assert not installed.has(f"{UNITS}/earsight.service.d/30-user.conf")


def test_a_user_for_whom_it_does_not_start_is_taken_back(installed: Box) -> None:
    installed.shell("useradd --create-home wearer; touch /var/lib/earsight/volume.json")
    installed.write("/fails/user", "")
    before = installed.release()
    done = installed.install("--user", "wearer")
    assert done.returncode == 1
    assert "going back" in done.stderr
    assert installed.release() == before
    assert installed.read("/opt/earsight/notes/user") == "earsight\n"
    assert not installed.has(f"{UNITS}/earsight.service.d/30-user.conf")
    assert owners(installed) == "earsight\n"
    assert installed.read("/state") == "active\n"


def test_a_person_hears_what_the_service_can_not_say(installed: Box) -> None:
    installed.shell("useradd --create-home wearer")
    assert installed.install("--user", "wearer").returncode == 0
    assert "User=wearer" in installed.read(f"{UNITS}/earsight-cant-start.service.d/30-user.conf")
    assert installed.has(f"{UNITS}/earsight.service.d/50-cant-start.conf")
    assert not installed.has(f"{UNITS}/earsight-doctor.service.d/50-cant-start.conf"), (
        "it would say it for both"
    )


def test_the_wearers_sound_server_may_use_the_sound_cards_until_it_is_uninstalled(installed: Box) -> None:
    """A session that starts at boot has no rights of a seat."""
    installed.shell("useradd --create-home new; useradd --create-home --groups audio old")
    for name in ("new", "old", "new"):
        assert installed.install("--user", name).returncode == 0
        assert "audio" in installed.shell('id -nG "$1"', name).stdout.split()
    assert installed.install("--uninstall").returncode == 0
    assert "audio" not in installed.shell("id -nG new").stdout.split()
    assert "audio" in installed.shell("id -nG old").stdout.split()


@pytest.mark.parametrize(
    ("there", "added"),
    [
        ([], ["pipewire", "pipewire-alsa", "wireplumber", "libspa-0.2-bluetooth"]),
        (["pipewire-alsa"], []),
        (["pulseaudio", "libasound2-plugins"], []),
        (["pulseaudio"], ["libasound2-plugins"]),
    ],
    ids=["none", "PipeWire", "PulseAudio", "PulseAudio without the way to it"],
)
def test_the_sound_server_that_a_person_has_stays(installed: Box, there: list[str], added: list[str]) -> None:
    """pipewire-alsa would take PulseAudio away, and on Ubuntu the desktop with it."""
    installed.shell('useradd --create-home wearer; apt-get -y install --no-install-recommends "$@"', *there)
    noted = set(installed.read("/opt/earsight/notes/packages").split())
    assert installed.install("--user", "wearer").returncode == 0
    assert set(installed.read("/opt/earsight/notes/packages").split()) - noted == set(added)
