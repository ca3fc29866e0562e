"""An arm64 Debian with Python and the daemon's wheels in a folder, run by qemu: no root, no container.

apt resolves and checks Debian's packages with a configuration of its own, dpkg-deb unpacks them, and pip
adds the wheels.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.arm import wheels

SUITES = {"3.11": "bookworm", "3.13": "trixie"}
"""The Debian of each Python, and of the Raspberry Pi OS of that name."""

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_A72 = "fp asimd evtstrm crc32 cpuid"
_A76 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"
PROCESSORS = {"cortex-a72": ("0xd08", _A72), "cortex-a76": ("0xd0b", _A76)}
"""Of the Raspberry Pi 4 and 5: the part and the features in their /proc/cpuinfo."""


class UserlandError(Exception):
    """Why there is no emulated board here, and what to do."""


def default_work() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "earsight" / "arm"


def emulator() -> str:
    """Raises UserlandError without one."""
    found = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if not found:
        raise UserlandError("qemu-aarch64 is missing: install Debian's qemu-user, or run script/arm")
    return found


@dataclass(frozen=True)
class Userland:
    """work: a folder for all of them. python: a key of SUITES."""

    work: Path
    python: str

    @property
    def folder(self) -> Path:
        return self.work / self.python

    @property
    def needed(self) -> Path:
        """What its wheels were installed for; written last."""
        return self.folder / "requirements.txt"

    def is_built(self) -> bool:
        return self.needed.is_file()

    def build(self, requirements: list[str]) -> None:
        """Unless it is there for the same requirements. Raises UserlandError, WheelsError."""
        text = "\n".join(requirements)
        if self.is_built() and self.needed.read_text() == text:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self._unpack_debian()
        target = ["--quiet", "--target", str(self.folder / "site")]
        wheels.pip("install", *target, *wheels.for_board(self.python), *requirements)
        for processor in PROCESSORS:
            self._make_board(processor)
        self.needed.write_text(text)

    def run(self, processor: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Python with these arguments, on this processor."""
        binary = self.folder / "root/usr/bin" / f"python{self.python}"
        paths = wheels.ROOT / "daemon", self.folder / "site"
        environment = {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONFAULTHANDLER": "1",
            # Debian compiles its Python when it is installed, which emulated takes a minute at every start.
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
        }
        command = [emulator(), "-cpu", processor, "-L", self.folder / processor, binary, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)

    def _unpack_debian(self) -> None:
        packages = (f"python{self.python}-minimal", f"libpython{self.python}-stdlib", "libstdc++6")
        self.folder.mkdir(parents=True)
        apt = _Apt(self.folder / "apt", SUITES[self.python])
        for package in apt.download(*packages):
            _call("dpkg-deb", "--extract", str(package), str(self.folder / "root"))
        loader = self.folder / "root/lib"
        if not loader.exists():  # trixie has it from a package that nothing here needs otherwise
            loader.symlink_to("usr/lib")
        shutil.rmtree(apt.folder)

    def _make_board(self, processor: str) -> None:
        """A prefix for qemu's -L: what is in it is read instead of this machine's."""
        prefix = self.folder / processor
        prefix.mkdir()
        for entry in (self.folder / "root").iterdir():
            (prefix / entry.name).symlink_to(Path("../root") / entry.name)
        (prefix / "proc").mkdir()
        (prefix / "proc/cpuinfo").write_text(cpuinfo(processor))


def cpuinfo(processor: str) -> str:
    """What /proc/cpuinfo has on a board with one of PROCESSORS. The C library and ONNX Runtime look into it;
    the latter ends with a segmentation fault at x86's."""
    part, features = PROCESSORS[processor]
    core = (
        f"BogoMIPS\t: 108.00\nFeatures\t: {features}\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
        f"CPU variant\t: 0x0\nCPU part\t: {part}\nCPU revision\t: 3\n\n"
    )
    cores = os.cpu_count() or 1  # as many as /sys says, which is this machine's
    return "".join(f"processor\t: {index}\n{core}" for index in range(cores))


class _Apt:
    """apt for arm64 in a folder of its own: the system's package lists and architectures stay as they are."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder = folder
        self._archives = folder / "cache/archives"
        for path in (folder / "state/lists/partial", self._archives / "partial"):
            path.mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_mirror()} {suite} main\n")
        settings = {
            "Dir::State": folder / "state",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Architecture": "arm64",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
        }
        lines = [f'{key} "{value}";' for key, value in settings.items()]
        (folder / "apt.conf").write_text("\n".join([*lines, 'APT::Architectures { "arm64"; };\n']))

    def download(self, *packages: str) -> list[Path]:
        """The packages and all that they need. Raises UserlandError."""
        configuration = {"APT_CONFIG": str(self.folder / "apt.conf")}
        _call("apt-get", "-q", "update", **configuration)
        options = "-q", "-y", "--no-install-recommends", "--download-only"
        _call("apt-get", *options, "install", *packages, **configuration)
        return sorted(self._archives.glob("*.deb"))


def _mirror() -> str:
    """The Debian mirror that this machine uses."""
    if not shutil.which("apt-get") or not _KEYRING.exists():
        raise UserlandError("the emulated board is made of Debian's packages: run script/arm on a Debian")
    for uri in _call("apt-get", "indextargets", "--format", "$(REPO_URI)").split():
        if uri.rstrip("/").endswith("/debian"):
            return uri
    raise UserlandError("apt knows no Debian mirror: add one to /etc/apt/sources.list")


def _call(*command: str, **environment: str) -> str:
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        raise UserlandError(f"{' '.join(command[:3])} failed:\n{done.stderr.strip()}")
    return done.stdout
