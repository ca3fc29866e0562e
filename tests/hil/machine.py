"""The two machines that can be simulated, and where they are kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """What qemu and Debian have to be told of an architecture."""

    architecture: str
    """Debian's name of it."""
    emulator: str
    emulator_package: str
    processor: tuple[str, ...]
    console: str
    clock: str
    """On the kernel's command line. An emulated TSC, measured on a busy machine, is out by a factor of up to
    three, and all times with it."""
    wheel_platform: str


MACHINES = {
    machine.architecture: machine
    for machine in (
        Machine(
            "amd64",
            "qemu-system-x86_64",
            "qemu-system-x86",
            ("-machine", "q35", "-cpu", "max"),
            "ttyS0",
            "clocksource=hpet tsc=unstable",
            "x86_64",
        ),
        Machine(
            "arm64",
            "qemu-system-aarch64",
            "qemu-system-arm",
            ("-machine", "virt,gic-version=3", "-cpu", "cortex-a72"),
            "ttyAMA0",
            "",
            "aarch64",
        ),
    )
}


def cache_folder() -> Path:
    """Of all that is built; outside the repository, and free to be deleted."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "earsight" / "hil"
