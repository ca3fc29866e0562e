"""Debian's packages for the guest, by apt with a configuration of its own: this machine's is left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class BuildError(Exception):
    """Why the simulated device can't be built here, and what to do about it."""


def call(*command: str | Path, **environment: str) -> str:
    """Its standard output. Raises BuildError with the end of what it complains about."""
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{' '.join(map(str, command[:4]))} failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def mirror() -> str:
    """The Debian mirror that this machine uses. Raises BuildError."""
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise BuildError("the simulated device is made of Debian's packages: run script/hil on a Debian")
    for _ in range(2):
        for uri in call("apt-get", "indextargets", "--format", "$(REPO_URI)").split():
            if uri.rstrip("/").endswith("/debian"):
                return uri
        call("apt-get", "--quiet", "update")  # as long as it has no lists, apt names none
    raise BuildError("apt knows no Debian mirror: add one to /etc/apt/sources.list")


@dataclass(frozen=True)
class Apt:
    """folder: for its lists and downloads. suite: such as trixie-backports."""

    folder: Path
    suite: str
    architecture: str

    def update(self) -> None:
        for path in (self.folder / "state/lists/partial", self.folder / "cache/archives/partial"):
            path.mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {self.suite} main\n")
        settings = {
            "Dir::State": self.folder / "state",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Architecture": self.architecture,
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
        }
        lines = [f'{key} "{value}";' for key, value in settings.items()]
        lines.append(f'APT::Architectures {{ "{self.architecture}"; }};\n')
        self._configuration.write_text("\n".join(lines))
        self._apt("apt-get", "-q", "update")

    def dependencies(self, package: str) -> list[str]:
        lines = self._apt("apt-cache", "depends", "--important", package).splitlines()
        return [line.split(":", 1)[1].strip() for line in lines if line.strip().startswith("Depends:")]

    def unpack(self, packages: Sequence[str], target: Path) -> None:
        """These packages' files, without what they depend on and without running their scripts."""
        downloads = self.folder / "downloads"
        downloads.mkdir(exist_ok=True)
        done = subprocess.run(
            ["apt-get", "-q", "download", *packages],
            cwd=downloads,
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BuildError(f"apt-get download {' '.join(packages)} failed:\n{done.stderr.strip()}")
        for package in sorted(downloads.glob("*.deb")):
            call("dpkg-deb", "--extract", package, target)
            package.unlink()

    @property
    def _configuration(self) -> Path:
        return self.folder / "apt.conf"

    @property
    def _environment(self) -> dict[str, str]:
        return {"APT_CONFIG": str(self._configuration)}

    def _apt(self, *command: str) -> str:
        return call(*command, **self._environment)
