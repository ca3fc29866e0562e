"""script/install --uninstall: what it leaves."""

from __future__ import annotations

from tests.install.box import CONFIG, Box

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


def test_uninstalling_ends_the_lingering_of_all_who_had_it_begun(installed: Box) -> None:
    for name in ("wearer", "other"):
        installed.shell('useradd --create-home "$1"', name)
        assert installed.install("--user", name).returncode == 0
    assert installed.install("--uninstall").returncode == 0
    assert installed.shell("ls /var/lib/systemd/linger").stdout == ""


def test_somebody_elses_command_stays(box: Box) -> None:
    box.write("/usr/local/bin/earsight", "theirs")
    assert "somebody else's" in box.install().stderr
    assert box.read("/usr/local/bin/earsight") == "theirs"
    assert box.install("--uninstall").returncode == 0
    assert box.read("/usr/local/bin/earsight") == "theirs"
