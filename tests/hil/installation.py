"""The disk that the device starts from: the system, with Earsight put into it by script/install.

script/install runs in the system's files as in a chroot, at this machine's speed: emulated, pip would take
ten minutes. The service itself is only ever started in the device.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.arm.userland import cpuinfo
from tests.hil.debian import call
from tests.hil.guest import ROOT
from tests.hil.image import Image
from tests.hil.wheels import gather

_SOURCES = "setup.py pyproject.toml README.md LICENSE daemon training config docs script systemd".split()
"""As script/install has them: of these a version consists."""

_INSTALL = """\
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
if [ -e "$4" ]; then mount --bind "$4" "$1/proc/cpuinfo"; fi
mount -t sysfs sysfs "$1/sys"
mount -t tmpfs tmpfs "$1/run"
mkdir -p "$1/source" "$1/wheels"
mount --bind -o ro "$2" "$1/source"
mount --bind -o ro "$3" "$1/wheels"
export PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels
chroot "$1" /source/script/install --board raspberry-pi --server
# No other scenario is to wait for it.
chroot "$1" systemctl --quiet disable earsight-server
# As for a board whose button is on any other chip's lines, that asks another machine, or listens, which
# script/install sees by its settings.
exec chroot "$1" /opt/earsight/venv/bin/python -m pip install --quiet gpiod httpx2 \\
    moonshine-voice webrtcvad-wheels
"""


class InstallationError(Exception):
    """script/install failed: that is Earsight's fault, and not this machine's."""


@dataclass(frozen=True)
class Installation:
    """folder: where the disk is kept, and the sources from which it was installed."""

    image: Image
    folder: Path

    @property
    def disk(self) -> Path:
        return self.folder / "disk.ext4"

    def make(self) -> str:
        """Unless there is one of these sources; what script/install said.

        Raises BuildError, InstallationError.
        """
        self.image.build()
        gather(self.folder / "wheels", self.image.machine)
        stamp = self.folder / "disk.stamp"
        if self.disk.exists() and stamp.is_file() and stamp.read_text() == self._stamp():
            return ""
        stamp.unlink(missing_ok=True)
        tree = self.folder / "installed"
        shutil.rmtree(tree, ignore_errors=True)
        call("cp", "-a", self.image.root, tree)
        shutil.rmtree(self._sources, ignore_errors=True)
        _copy(ROOT, self._sources)
        said = self._install(tree)
        self.disk.unlink(missing_ok=True)
        call("truncate", "--size=4G", self.disk)
        call("mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", tree, self.disk)
        shutil.rmtree(tree)
        stamp.write_text(self._stamp())
        return said

    def copy_sources(self, target: Path) -> None:
        """For a script/install in the device, which finds that they are what is installed."""
        _copy(self._sources, target)

    @property
    def _sources(self) -> Path:
        return self.folder / "sources"

    def _install(self, tree: Path) -> str:
        machine, told = self.image.machine, self.folder / "cpuinfo"
        if machine.wheel_platform != platform.machine():
            told.write_text(cpuinfo(machine.processor[-1]))  # else what qemu runs finds this machine's
        paths = [str(path) for path in (tree, self._sources, self.folder / "wheels", told)]
        command = ["unshare", "--mount", "sh", "-euc", _INSTALL, "sh", *paths]
        environment = os.environ | {"QEMU_CPU": machine.processor[-1]}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise InstallationError(f"script/install failed:\n{done.stdout}{done.stderr}")
        for name in ("source", "wheels"):
            (tree / name).rmdir()
        return done.stdout + done.stderr

    def _stamp(self) -> str:
        digest = hashlib.sha256(self.image.stamp.encode())
        for name in _SOURCES:
            path = ROOT / name
            files = [path] if path.is_file() else sorted(path.rglob("*"))
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
        return digest.hexdigest()


def _copy(root: Path, target: Path) -> None:
    target.mkdir()
    for name in _SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, target)
