"""The machine that something was measured on, and how much memory this process has of it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import onnxruntime

from earsight import __version__


def machine(device_tree: Path = Path("/proc/device-tree/model")) -> dict[str, str | int | float]:
    """What identifies the machine and the versions of the software.

    Args:
        device_tree: Where an Arm board has its name, such as "Raspberry Pi 5 Model B Rev 1.0".
    """
    return {
        "processor": _board(device_tree) or _processor() or "unknown",
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(_bytes(Path("/proc/meminfo"), "MemTotal") / 2**30, 1),
        "earsight": __version__,
        "onnxruntime": onnxruntime.__version__,
        "python": platform.python_version(),
    }


def _board(device_tree: Path) -> str:
    try:
        return device_tree.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def available_memory() -> int:
    """Bytes of memory that are free or can be freed at once."""
    return _bytes(Path("/proc/meminfo"), "MemAvailable")


def resident() -> float:
    """Megabytes (10**6 bytes) of memory that this process uses."""
    return _bytes(Path("/proc/self/status"), "VmRSS") / 1e6


def most_resident() -> float:
    """The most megabytes that it has used so far."""
    return _bytes(Path("/proc/self/status"), "VmHWM") / 1e6


def _bytes(path: Path, name: str) -> int:
    """A figure in one of Linux's files that count in kB."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
