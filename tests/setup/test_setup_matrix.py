"""Set-up on clean systems: with sudo and as oneself, without sudo, twice, interrupted, on a disk that fills.

Minutes and hundreds of megabytes each: script/test -m heavy tests/setup
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.setup.chroot import PHOTO, SOURCES, SUITES, Chroot, ChrootError, Suite, opened

pytestmark = pytest.mark.heavy

SMALL = "700M"
"""Too small for what pip installs."""
DESCRIBE = f"{SOURCES}/script/run --once --replay {SOURCES}/{PHOTO} --wav said.wav"
INTERRUPTED = f"""
timeout 900 sudo {DESCRIBE} &
while test ! -e .venv/bin/pip && kill -0 $!; do sleep 0.2; done
sleep 3
kill $! && wait $!
test -e .venv/earsight-setup || echo not set up
"""
"""While pip is at work."""


@pytest.fixture(scope="module", params=SUITES, ids=lambda suite: suite.name.replace(" ", "-"))
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.param
    try:
        found.make()
    except (ChrootError, OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"there is no clean {found.name} here: {error}")
    return found


@pytest.fixture
def system(suite: Suite, tmp_path: Path) -> Iterator[Callable[..., Chroot]]:
    """Opens a clean system."""
    with ExitStack() as stack:

        def open_one(size: str = "6G") -> Chroot:
            try:
                chroot = stack.enter_context(opened(suite, tmp_path, size))
            except ChrootError as error:
                pytest.skip(f"no file system of our own can be had here: {error}")
            return chroot

        yield open_one


def describes(chroot: Chroot, command: str = DESCRIBE, user: str = "somebody") -> str:
    """What it says on the way to a description."""
    done = chroot.run(command, user)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "answer: " in done.stdout
    assert "denied" not in done.stderr
    return done.stderr


def test_with_sudo_interrupted_as_oneself_and_again(system: Callable[..., Chroot]) -> None:
    chroot = system()
    refused = chroot.run(DESCRIBE, "nobody_else")
    assert refused.returncode == 1
    assert "sudo apt-get install" in refused.stderr.splitlines()[-2]
    interrupted = chroot.run(INTERRUPTED, "somebody")
    assert "not set up" in interrupted.stdout, "it was quicker than the interruption"
    said = describes(chroot, f"sudo {DESCRIBE}")
    assert "going on as that user" in said
    strangers = chroot.run("find . ! -user somebody", "root")
    assert strangers.stdout == ""
    assert describes(chroot) == "", "nothing is left to be set up"
    assert describes(chroot, f"sudo {DESCRIBE}").count("\n") == 1


def test_by_root_for_everybody(system: Callable[..., Chroot]) -> None:
    chroot = system()
    chroot.run("chown -R root: .")
    describes(chroot, user="root")
    assert describes(chroot, user="root") == ""
    # In a folder of one's own: the recording lies where one is.
    describes(chroot, f"cd ~ && {DESCRIBE}", "nobody_else")


def test_on_a_disk_that_fills(system: Callable[..., Chroot]) -> None:
    chroot = system(SMALL)
    full = chroot.run(f"sudo {DESCRIBE}", "somebody")
    assert full.returncode == 1
    assert "free disk space" in full.stderr.splitlines()[-1]
    assert chroot.run("test -e .venv/earsight-setup").returncode != 0
    chroot.resize("6G")
    describes(chroot)


def test_as_a_service(system: Callable[..., Chroot]) -> None:
    """By script/install, twice; systemd does not run in a chroot, so the service is not started."""
    chroot = system()
    chroot.run("apt-get -qq update; apt-get -qq --yes --no-install-recommends install systemd")
    for _ in range(2):
        done = chroot.run("sudo script/install", "somebody")
        assert done.returncode == 0, done.stderr[-3000:]
        assert "installed." in done.stderr.splitlines()[-1]
    described = chroot.run(f"/opt/earsight/venv/bin/earsight describe {SOURCES}/{PHOTO}", "nobody_else")
    assert described.returncode == 0, described.stderr
    assert described.stdout.strip()
    gone = chroot.run("sudo script/install --uninstall && ! ls -d /opt/earsight", "somebody")
    assert gone.returncode == 0, gone.stderr
