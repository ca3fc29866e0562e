"""A machine to install on: this one's files, of which every change is forgotten.

What would reach further (systemd, apt, pip) are made-up programs there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

CONFIG = "/etc/earsight/earsight.yaml"
UNITS = "/usr/local/lib/systemd/system"

_PROGRAMS = {
    # Makes environments that hold a copy of it; "installs" an earsight; tries what /fails does not forbid.
    "python3": """
        case "$*" in
            --version) echo "Python 3.13.0" ;;
            "-m venv "*) mkdir -p -- "${*: -1}/bin" && cp -- "$0" "${*: -1}/bin/python" ;;
            "-m pip "*)
                echo "pip $*" >>/asked
                [[ ! -e /fails/pip ]] || exit 1
                printf '#!/bin/bash\\n' >"${0%python}earsight"
                chmod +x "${0%python}earsight" ;;
            "-P -c "*) [[ ! -e /fails/proof ]] ;;
            *"-venv"*) echo python3.13-venv ;;
            *"import ensurepip"*)
                [[ ! -e /fails/venv ]] || grep -qx "Package: python3.13-venv" /var/lib/dpkg/status ;;
        esac""",
    # A service manager with one service, which dies of a README that says so, or of a person's user.
    "systemctl": """
        echo "systemctl $*" >>/asked
        state=$(cat /state 2>/dev/null || echo inactive)
        case "$*" in
            *is-active*) [[ $state == active ]] ;;
            *ActiveState*) echo "$state" ;;
            *NRestarts*) echo 0 ;;
            stop*|"--quiet stop"*) echo inactive >/state ;;
            start*)
                echo active >/state
                user_conf=/usr/local/lib/systemd/system/earsight.service.d/30-user.conf
                if grep -q "dies" /opt/earsight/current/README.md ||
                    [[ -e /fails/user && -e $user_conf ]]; then echo failed >/state; fi
                ! grep -q "at once" /opt/earsight/current/README.md ;;
            daemon-reload) [[ ! -e /fails/reload ]] ;;
            "--quiet enable"*) touch /enabled ;;
            "--quiet disable"*) rm -f /enabled ;;
        esac""",
    # Installs packages without files, but for those that /fails names.
    "apt-get": """
        echo "apt-get ${*: -1}" >>/asked
        line="$*"
        [[ $line == *" install "* ]] || exit 0
        for package in ${line##*--no-install-recommends}; do
            [[ ! -e /fails/$package ]] || exit 1
            printf '%s\\n' "Package: $package" "Status: install ok installed" "Version: 1" \
                "Architecture: all" "Maintainer: nobody" "Description: none" "" >>/var/lib/dpkg/status
        done""",
    "apt-mark": ":",
    "espeak-ng": "printf '%0100d' 0",
    "aplay": ":",
    "sleep": ":",
    "renice": ":",
    "udevadm": ":",
    "loginctl": 'if [[ $1 == enable-linger ]]; then mkdir -p /var/lib/systemd/linger && touch "$_/$2"; fi',
}

_ENTER = """
set -e
mount -t tmpfs none "$1"
mkdir "$1"/upper "$1"/work "$1"/root
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root"
mount --rbind /proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
echo ready
read -r _
"""


def why_not() -> str | None:
    """Why there can be no box here."""
    if os.geteuid() != 0:
        return "only root can have a file system of its own"
    missing = [
        name for name in ("unshare", "nsenter", "systemd-sysusers", "runuser") if not shutil.which(name)
    ]
    return f"{', '.join(missing)} is not installed" if missing else None


class Box:
    """Paths are those inside. sources: a checkout in it that can be changed."""

    sources = "/sources"

    def __init__(self, holder: int, root: Path) -> None:
        self._enter = ["nsenter", f"--target={holder}", "--mount", "chroot", str(root)]

    def shell(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._enter, "/bin/bash", "-c", script, "-", *arguments],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def install(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.shell(f'{self.sources}/script/install "$@"', *arguments)

    def read(self, path: str) -> str:
        """What is in a file; empty if there is none."""
        return self.shell('cat -- "$1" 2>/dev/null', path).stdout

    def write(self, path: str, text: str) -> None:
        done = self.shell('mkdir -p -- "$(dirname -- "$1")" && printf %s "$2" >"$1"', path, text)
        assert done.returncode == 0, done.stderr

    def change(self, readme: str) -> None:
        """Make the sources a newer version."""
        self.write(f"{self.sources}/README.md", readme)

    def has(self, path: str) -> bool:
        return self.shell("[[ -e $1 || -L $1 ]]", path).returncode == 0

    def asked(self) -> list[str]:
        """What was asked of the made-up programs since the last time, but for questions."""
        lines = self.shell("cat /asked 2>/dev/null; rm -f /asked").stdout.splitlines()
        return [
            line for line in lines if not any(word in line for word in ("is-active", "show", "reset-failed"))
        ]

    def release(self) -> str:
        """The name of the version that is installed."""
        return self.shell("readlink /opt/earsight/current").stdout.strip()

    def releases(self) -> list[str]:
        return self.shell("ls /opt/earsight/releases").stdout.split()


@contextmanager
def opened(folder: Path) -> Iterator[Box]:
    """A box with sources and a running service manager. Raises OSError where the kernel allows none."""
    holder = subprocess.Popen(
        ["unshare", "--mount", "/bin/bash", "-c", _ENTER, "-", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stderr
    try:
        if holder.stdout.readline() != "ready\n":
            raise OSError(holder.stderr.read().strip())
        box = Box(holder.pid, folder / "root")
        _fill(box)
        yield box
    finally:
        holder.communicate("\n", timeout=60)


def _fill(box: Box) -> None:
    for name, text in _PROGRAMS.items():
        box.write(f"/usr/bin/{name}", f"#!/bin/bash\n{text}\n")
    box.shell(
        "cd /usr/bin && chmod 755 "
        + " ".join(_PROGRAMS)
        + "&& mv python3 python3.13 && ln -s python3.13 python3"
    )
    # The real scripts, units and settings; a program of one file.
    done = box.shell(
        """
        mkdir -p /run/systemd/system /fails "$2"/{daemon,training,docs} &&
            cp -r "$1"/{script,systemd,config} "$2" &&
            touch "$2"/{pyproject.toml,LICENSE,daemon/a.py,training/a.py,docs/device.md} &&
            echo '    version="1.0",' >"$2/setup.py" &&
            echo first >"$2/README.md" &&
            rm -rf /opt/earsight /etc/earsight /var/lib/earsight /var/cache/earsight
        """,
        str(REPOSITORY),
        box.sources,
    )
    assert done.returncode == 0, done.stderr
