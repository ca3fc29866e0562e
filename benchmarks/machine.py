"""The machine that something was measured on, and with which versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path


def processor() -> str:
    """The processor's name and the number of cores that this process may use."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))]
    name = names[0] if names else platform.machine()
    return f"{name} ({platform.machine()}), {len(os.sched_getaffinity(0))} cores"


def memory_gb(line: str = "MemTotal") -> float:
    """line: of /proc/meminfo. In GB of 2**30 bytes."""
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(row.split()[1]) for row in lines if row.startswith(f"{line}:")) / 2**20


def versions(packages: Iterable[str]) -> dict[str, str]:
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in packages}}
