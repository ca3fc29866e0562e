"""Clean systems to set Earsight up in: chroots of Debian and Ubuntu, whose changes are forgotten.

They are made once, by mmdebstrap, and kept in ~/.cache/earsight/setup. Each test gets an overlay of one, on a
disk in memory of a size that it chooses. The network is this machine's, and so are its certificates and pip's
settings for all users.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
CACHE = Path.home() / ".cache" / "earsight" / "setup"
SOURCES = "/home/somebody/earsight"
"""A clone of the repository, which belongs to the user."""
PHOTO = "photo.png"
"""In it."""

_KEYRING = "usr/share/keyrings/ubuntu-archive-keyring.gpg"
_UBUNTU_KEYS = "http://archive.ubuntu.com/ubuntu/pool/main/u/ubuntu-keyring/ubuntu-keyring_2021.03.26_all.deb"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PIP = Path("/etc/pip.conf")

_ENTER = """
set -e
mount -t tmpfs -o "size=$3" none "$1"
mkdir "$1"/upper "$1"/work "$1"/root
mount -t overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" none "$1/root"
mount --rbind /proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
echo ready
read -r _
"""


class ChrootError(Exception):
    """Why there is no such system here."""


@dataclass(frozen=True)
class Suite:
    """A release of a system.

    Attributes:
        name: As people call it.
        code: As its mirror does.
        mirror: Where its packages are.
        components: Of the mirror.
    """

    name: str
    code: str
    mirror: str = "http://deb.debian.org/debian"
    components: str = "main"

    @property
    def folder(self) -> Path:
        """Where the clean system is kept."""
        return CACHE / self.code

    def make(self) -> None:
        """Make the clean system, where that has not been done.

        Raises:
            ChrootError: It can't be made here.
        """
        if os.geteuid() != 0:
            raise ChrootError("only root can change into another system")
        for program in ("mmdebstrap", "unshare", "nsenter", "setpriv"):
            if shutil.which(program) is None:
                raise ChrootError(f"{program} is not installed")
        if self.folder.is_dir():
            return
        CACHE.mkdir(parents=True, exist_ok=True)
        made = self.folder.with_name(f"{self.code}.new")
        shutil.rmtree(made, ignore_errors=True)
        command = ["mmdebstrap", "--variant=minbase", "--include=apt,ca-certificates,sudo"]
        command += [f"--components={self.components}", *self._keyring(), self.code, str(made), self.mirror]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChrootError(f"mmdebstrap failed: {' '.join(done.stderr.split())[-500:]}")
        made.rename(self.folder)

    def _keyring(self) -> list[str]:
        """A Debian has no keys of Ubuntu. They come unverified, for a system that is thrown away."""
        if "ubuntu" not in self.mirror:
            return []
        # apt reads them as a user who may not look into root's home.
        folder = Path("/run/earsight-test-keys")
        if not (folder / _KEYRING).is_file():
            folder.mkdir(exist_ok=True)
            package = folder / "keys.deb"
            subprocess.run(["curl", "-sSf", "-o", package, _UBUNTU_KEYS], check=True, timeout=60)
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        return [f"--keyring={folder / _KEYRING}"]


SUITES = (
    Suite("Debian 12", "bookworm"),
    Suite("Debian 13", "trixie"),
    Suite("Ubuntu 22.04", "jammy", "http://archive.ubuntu.com/ubuntu", "main,universe"),
)


class Chroot:
    """A system with two users: somebody, who has the sources and may use sudo, and nobody_else."""

    def __init__(self, holder: int, disk: Path) -> None:
        self._disk = disk
        self._enter = [f"--target={holder}", "--mount"]

    def run(
        self, command: str, user: str = "root", limit: float = 1800.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of shell, in the sources, as a user who has just logged in.

        Args:
            command: The line.
            user: Whose.
            limit: Seconds.
        """
        there = f"cd {SOURCES} || exit; {command}"
        login = ["chroot", str(self._disk / "root"), "su", "-", user, "-c", there]
        return subprocess.run(
            ["nsenter", *self._enter, *login],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )

    def resize(self, size: str) -> None:
        """Make the disk larger or smaller, such as "2G"."""
        remount = ["mount", "-o", f"remount,size={size}", str(self._disk)]
        subprocess.run(["nsenter", *self._enter, *remount], check=True)

    def fill(self) -> None:
        """Put in the users, the sources with a photo, certificates and pip's settings.

        Raises:
            ChrootError: That did not go well.
        """
        photo = io.BytesIO()
        Image.effect_mandelbrot((640, 480), (-2, -1.5, 1, 1.5), 100).convert("RGB").save(photo, "PNG")
        done = subprocess.run(
            ["nsenter", *self._enter, "/bin/bash", "-ec", _FILL, "-", self._disk / "root", ROOT, SOURCES],
            input=photo.getvalue(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise ChrootError(done.stderr.decode())


_FILL = f"""
cd "$2"
ln -sf true "$1/usr/bin/renice" # the tests may have all the time of a busy machine
for user in somebody nobody_else; do chroot "$1" useradd --create-home --shell /bin/bash $user; done
chmod 755 "$1"/home/somebody
echo 'somebody ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/somebody"
echo "127.0.0.1 localhost $(uname --nodename)" >"$1/etc/hosts" # or sudo complains
# As every Ubuntu has it: that is where its newer Python is.
sed -n 's/ jammy / jammy-updates /p' "$1/etc/apt/sources.list" >"$1/etc/apt/sources.list.d/updates.list"
cp --dereference /etc/resolv.conf "$1/etc/resolv.conf"
if [[ -e {_CERTIFICATES} ]]; then cp {_CERTIFICATES} "$1{_CERTIFICATES}"; fi
if [[ -e {_PIP} ]]; then cp {_PIP} "$1{_PIP}"; fi
mkdir -p "$1$3"
git -c safe.directory="$2" ls-files -z --cached --others --exclude-standard | grep -zv '^tests/' |
    xargs -0 tar --create | tar --extract --no-same-owner --directory "$1$3"
cat >"$1$3/{PHOTO}"
chroot "$1" chown -R somebody: "$3"
"""


@contextmanager
def opened(suite: Suite, folder: Path, size: str = "6G") -> Iterator[Chroot]:
    """A clean system.

    Args:
        suite: Made already.
        folder: An empty one.
        size: Of its disk.
    """
    holder = subprocess.Popen(
        ["unshare", "--mount", "/bin/bash", "-c", _ENTER, "-", folder, suite.folder, size],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stderr
    try:
        if holder.stdout.readline() != "ready\n":
            raise ChrootError(holder.stderr.read().strip())
        chroot = Chroot(holder.pid, folder)
        chroot.fill()
        yield chroot
    finally:
        holder.communicate("\n", timeout=60)
