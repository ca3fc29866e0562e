"""The checks of what everything runs on: permissions, heat, power, memory and disk."""

from __future__ import annotations

import grp
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from earsight.config.schema import Config
from earsight.doctor.finding import Finding, Status
from earsight.system.throttling import HOT, ask_firmware, temperature

LITTLE_MEMORY = LITTLE_DISK = 100e6
"""Bytes."""


def check_permissions(
    config: Config,
    dev: Path = Path("/dev"),
    user: int | None = None,
    may_use: Callable[[Path], bool] = lambda node: os.access(node, os.R_OK | os.W_OK),
) -> Finding:
    """Whether the user may use the devices that are there. user: an id; None is whoever runs this."""
    if (os.geteuid() if user is None else user) == 0:
        return Finding(
            "permissions",
            Status.WARNING,
            "this is run as root, which may use every device",
            "run Earsight as a user of the groups video, audio, gpio and input",
        )
    kinds = {"video": "video[0-9]*", "audio": "snd/pcm*"}
    if config.triggers.button or config.triggers.second_button:
        kinds["gpio"] = "gpiochip[0-9]*"
    if config.triggers.keys:
        kinds["input"] = "input/event[0-9]*"
    closed = {
        group: [node for node in sorted(dev.glob(kind)) if not may_use(node)] for group, kind in kinds.items()
    }
    nodes = [nodes[0] for nodes in closed.values() if nodes]
    if not nodes:
        return Finding("permissions", Status.OK, "every device that is there may be used")
    groups = ",".join(_group(nodes[0], usual) for usual, nodes in closed.items() if nodes)
    return Finding(
        "permissions",
        Status.WARNING,
        f"this user may not use {', '.join(map(str, nodes))}",
        f"run 'sudo usermod -aG {groups} $USER' and log in again",
    )


def _group(node: Path, usual: str) -> str:
    """The node's group, unless that is root's: then the one that it has on Raspberry Pi OS."""
    number = node.stat().st_gid
    try:
        return grp.getgrgid(number).gr_name if number != 0 else usual
    except KeyError:
        return usual


def check_temperature(thermal: Path = Path("/sys/class/thermal")) -> Finding | None:
    """The hottest sensor; None where the board has none."""
    degrees = temperature(thermal)
    if degrees is None:
        return None
    if degrees < HOT:
        return Finding("temperature", Status.OK, f"{degrees:.0f} degrees")
    return Finding(
        "temperature",
        Status.WARNING,
        f"{degrees:.0f} degrees: the board slows down from {HOT:.0f} on",
        "give it air or a heat sink, and keep it out of the sun",
    )


_POWER_NOW = {
    0: "the voltage is too low",
    1: "the processor's speed is capped",
    2: "the processor is throttled",
    3: "the soft temperature limit is reached",
}
_POWER_SINCE_START = {
    16: "the voltage was too low",
    17: "the processor's speed was capped",
    18: "the processor was throttled",
    19: "the soft temperature limit was reached",
}
_LOW_VOLTAGE = 1 << 0 | 1 << 16


async def check_power(program: str = "vcgencmd") -> Finding | None:
    """What the firmware of a Raspberry Pi says of voltage and throttling; None on other boards."""
    if shutil.which(program) is None:
        return None
    answer = await ask_firmware(program)
    try:
        return power(int(answer.removeprefix("throttled="), 0))
    except ValueError:
        detail = f"{program} gives no answer ({answer or 'it said nothing'})"
        return Finding("power", Status.WARNING, detail, "run 'sudo usermod -aG video $USER' and log in again")


def power(bits: int) -> Finding:
    """bits: of `vcgencmd get_throttled`."""
    now = [text for bit, text in _POWER_NOW.items() if bits >> bit & 1]
    # What is so now needs not be said to have been so, too.
    before = [
        text for bit, text in _POWER_SINCE_START.items() if bits >> bit & 1 and not bits >> (bit - 16) & 1
    ]
    if not now and not before:
        return Finding("power", Status.OK, "never too low since the start, and never throttled")
    if before:
        before[-1] += " since the start"
    advice = "give the board air or a heat sink"
    if bits & _LOW_VOLTAGE:
        advice = "use a stronger power supply or battery, and a short thick cable"
    return Finding("power", Status.WARNING, ", ".join((*now, *before)), advice)


def check_memory(meminfo: Path = Path("/proc/meminfo")) -> Finding | None:
    """How much memory programs can still have; None where the kernel does not say."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    if free < LITTLE_MEMORY:
        return Finding(
            "memory",
            Status.WARNING,
            f"only {free / 1e6:.0f} MB are free",
            "end other programs, or restart the board",
        )
    return Finding("memory", Status.OK, f"{free / 1e6:.0f} MB are free")


def check_disk(folder: Path, little: float = LITTLE_DISK) -> Finding:
    """How much room the disk has that folder lies on. little: bytes that are too few."""
    free = shutil.disk_usage(folder).free
    if free < little:
        return Finding(
            "disk", Status.WARNING, f"only {free / 1e6:.0f} MB are free", "delete what is not needed"
        )
    return Finding("disk", Status.OK, f"{free / 1e6:.0f} MB are free")
