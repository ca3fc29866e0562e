"""script/install: what is there afterwards, and what an upgrade that fails and --uninstall leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.box import Box, opened, why_not

CONFIG = "/etc/earsight/earsight.yaml"
UNITS = "/usr/local/lib/systemd/system"

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    try:
        with opened(tmp_path) as box:
            yield box
    except OSError as error:
        pytest.skip(f"no file system of our own can be had here: {error}")


@pytest.fixture
def installed(box: Box) -> Box:
    done = box.install("--board", "raspberry-pi")
    assert done.returncode == 0, done.stderr
    return box


def change(box: Box, readme: str) -> None:
    """Make the sources a newer version."""
    box.write(f"{box.sources}/README.md", readme)


def test_the_first_time_everything_is_put_in_place_and_started(installed: Box) -> None:
    asked = installed.asked()
    assert [line for line in asked if "enable" in line or " start " in line] == [
        "systemctl --quiet enable earsight",
        "systemctl start earsight",
    ]
    assert any("[gpio,opencv]" in line for line in asked), asked
    assert installed.read(CONFIG) == installed.read(f"{installed.sources}/config/raspberry-pi.yaml")
    assert installed.read(f"{UNITS}/earsight.service") == installed.read(
        f"{installed.sources}/systemd/earsight.service"
    )
    for path in (
        "/opt/earsight/venv/bin/earsight",
        "/usr/local/bin/earsight",
        f"{UNITS}/earsight-doctor.service",
        "/usr/local/lib/udev/rules.d/60-earsight.rules",
        "/usr/local/lib/systemd/system.conf.d/50-earsight.conf",
    ):
        assert installed.has(path), path
    groups = installed.shell("id -nG earsight").stdout.split()
    assert {"video", "audio", "gpio"} <= set(groups)
    assert installed.shell("stat -c '%U %a' /var/lib/earsight").stdout == "earsight 700\n"


def test_a_second_time_nothing_is_done(installed: Box) -> None:
    before = installed.release()
    installed.asked()
    again = installed.install()
    assert again.returncode == 0, again.stderr
    assert installed.release() == before
    assert not [line for line in installed.asked() if "pip" in line or "start" in line or "stop" in line]


def test_what_somebody_took_away_is_put_back(installed: Box) -> None:
    installed.shell(f"rm {UNITS}/earsight.service /usr/local/bin/earsight")
    installed.asked()
    assert installed.install().returncode == 0
    assert installed.has(f"{UNITS}/earsight.service")
    assert installed.has("/usr/local/bin/earsight")
    assert "systemctl start earsight" in installed.asked()


def test_an_upgrade_takes_the_place_of_the_old_version_and_keeps_the_settings(installed: Box) -> None:
    before = installed.release()
    installed.write(CONFIG, "voice: {rate: 200}\n")
    change(installed, "second")
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
    change(installed, "second")
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
    change(installed, how)
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
    change(installed, "second")
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
    change(installed, "second")
    done = installed.install()
    assert done.returncode == 0
    assert "stays so" in done.stderr
    assert installed.read("/state") == "inactive\n"


def test_a_service_that_has_failed_is_started_anew_by_an_upgrade(installed: Box) -> None:
    installed.write("/state", "failed\n")
    change(installed, "second")
    assert installed.install().returncode == 0
    assert installed.read("/state") == "active\n"


def test_in_a_chroot_all_is_done_but_the_start(box: Box) -> None:
    box.shell("rmdir /run/systemd/system")
    done = box.install("--board", "debian")
    assert done.returncode == 0, done.stderr
    assert box.has("/enabled")
    assert "systemctl start earsight" not in box.asked()
    assert not box.has("/usr/local/lib/systemd/system.conf.d/50-earsight.conf"), "no board, no watchdog"


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
    change(installed, "second")
    assert installed.install().returncode == 0
    assert installed.has(f"{UNITS}/earsight.service.d/30-user.conf"), "an upgrade keeps what was chosen"
    assert installed.install("--user", "earsight").returncode == 0
    assert not installed.has(f"{UNITS}/earsight.service.d/30-user.conf")


def owners(box: Box) -> str:
    """Whose the service's folders and all in them are."""
    return box.shell("find /var/lib/earsight /var/cache/earsight -printf '%u\\n' | sort -u").stdout


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


@pytest.mark.parametrize(
    ("python", "extras"), [("the system's", ""), ("one beside it", "opencv")], ids=["JetPack 7", "JetPack 6"]
)
def test_a_jetsons_opencv_is_the_systems_where_its_python_is(box: Box, python: str, extras: str) -> None:
    if python != "the system's":
        box.shell("cd /usr/bin && cp --remove-destination python3.13 python3")
    assert box.install("--board", "jetson").returncode == 0
    (pip,) = (line for line in box.asked() if "pip" in line)
    assert f"[{extras}]" in pip


def test_settings_that_can_not_be_written_whole_are_not_there(box: Box) -> None:
    """A disk that is full is the same as a power cut: half a file would count as the owner's."""
    box.shell(
        "mkdir /etc/earsight && mount -t tmpfs -o size=4k none /etc/earsight && head -c 4k /dev/zero >$_/x"
    )
    assert box.install().returncode == 1
    assert not box.has(CONFIG)


# What useradd and groupadd keep beside their files.
BACKUPS = {f"/etc/{name}" for name in ("passwd-", "group-", "shadow-", "gshadow-", ".pwd.lock")}

LISTING = """
find /etc /opt /usr/local /var/lib/earsight /var/cache/earsight /var/lib/systemd/linger /home 2>/dev/null
getent passwd; getent group
"""


def listing(box: Box) -> set[str]:
    return set(box.shell(LISTING).stdout.splitlines()) - BACKUPS


def test_uninstalling_leaves_nothing(box: Box) -> None:
    before = listing(box)
    assert box.install("--board", "raspberry-pi").returncode == 0
    assert listing(box) != before
    done = box.shell("/opt/earsight/current/script/install --uninstall")
    assert done.returncode == 0, done.stderr
    assert listing(box) == before
    assert not box.has("/enabled")
    assert box.install("--uninstall").returncode == 0, "twice does no harm"


def test_uninstalling_leaves_what_the_owner_wrote(installed: Box) -> None:
    override = "/etc/systemd/system/earsight.service.d/override.conf"
    installed.write(CONFIG, "voice: {rate: 200}\n")
    installed.write(override, "[Service]\nNice=0\n")
    done = installed.install("--uninstall")
    assert done.returncode == 0, done.stderr
    assert installed.read(CONFIG) == "voice: {rate: 200}\n"
    assert installed.has(override)
    assert "/etc/earsight" in done.stderr
    assert "earsight.service.d" in done.stderr
    assert installed.install().returncode == 0
    assert installed.read(CONFIG) == "voice: {rate: 200}\n"


def test_uninstalling_leaves_the_owners_login_of_the_same_name(box: Box) -> None:
    box.shell("useradd earsight")
    assert box.install().returncode == 0
    assert box.install("--uninstall").returncode == 0
    assert box.shell("id earsight").returncode == 0


def test_uninstalling_goes_on_where_the_user_can_not_be_taken_away(installed: Box) -> None:
    installed.write("/usr/sbin/userdel", "#!/bin/sh\nexit 8\n")
    done = installed.install("--uninstall")
    assert done.returncode == 0
    assert "the user earsight stays" in done.stderr
    assert not installed.has("/opt/earsight")


def test_the_wearers_sound_server_may_use_the_sound_cards_until_it_is_uninstalled(installed: Box) -> None:
    """A session that starts at boot has no rights of a seat."""
    installed.shell("useradd --create-home new; useradd --create-home --groups audio old")
    for name in ("new", "old", "new"):
        assert installed.install("--user", name).returncode == 0
        assert "audio" in installed.shell('id -nG "$1"', name).stdout.split()
    assert installed.install("--uninstall").returncode == 0
    assert "audio" not in installed.shell("id -nG new").stdout.split()
    assert "audio" in installed.shell("id -nG old").stdout.split()


def test_uninstalling_ends_the_lingering_of_all_who_had_it_begun(installed: Box) -> None:
    for name in ("wearer", "other"):
        installed.shell('useradd --create-home "$1"', name)
        assert installed.install("--user", name).returncode == 0
    assert installed.install("--uninstall").returncode == 0
    assert installed.shell("ls /var/lib/systemd/linger").stdout == ""


@pytest.mark.parametrize("fails", ["pipewire", "venv"])
def test_packages_are_noted_also_where_the_installation_ends_early(box: Box, fails: str) -> None:
    box.shell("useradd --create-home wearer")
    box.write(f"/fails/{fails}", "")
    done = box.install("--board", "raspberry-pi", "--user", "wearer")
    noted = box.read("/opt/earsight/notes/packages").split()
    assert "python3-picamera2" in noted
    assert (done.returncode, "python3.13-venv" in noted) == ((1, False) if fails == "pipewire" else (0, True))


def test_somebody_elses_command_stays(box: Box) -> None:
    box.write("/usr/local/bin/earsight", "theirs")
    assert "somebody else's" in box.install().stderr
    assert box.read("/usr/local/bin/earsight") == "theirs"
    assert box.install("--uninstall").returncode == 0
    assert box.read("/usr/local/bin/earsight") == "theirs"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bord"], "--bord: no such option"),
        (["--board", "toaster"], "expected raspberry-pi, jetson or debian"),
        (["--board"], "--board needs a name"),
        (["--user", "nobody-here"], "no such user"),
        (["--user", "root"], "not as root"),
    ],
)
def test_mistakes_on_the_command_line_change_nothing(box: Box, arguments: list[str], said: str) -> None:
    done = box.install(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert not box.has("/opt/earsight")


def test_an_installed_copy_says_that_it_has_no_program_to_install(installed: Box) -> None:
    done = installed.shell("/opt/earsight/current/script/install")
    assert done.returncode == 1
    assert "in the folder of the version to install" in done.stderr
