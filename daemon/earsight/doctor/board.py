"""The checks of what everything runs on: permissions, heat, power, memory and disk."""

from __future__ import annotations

import grp
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from earsight.config.schema import Config
from earsight.doctor.finding import SCREEN, Finding, Status, finding
from earsight.language.languages import load_language
from earsight.message import message
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
        detail, advice = message("doctor.permissions.root"), message("doctor.permissions.use_groups")
        return finding("permissions", Status.WARNING, detail, advice)
    kinds = {"video": "video[0-9]*", "audio": "snd/pcm*"}
    if config.triggers.button or config.triggers.second_button:
        kinds["gpio"] = "gpiochip[0-9]*"
    closed = {
        group: [node for node in sorted(dev.glob(kind)) if not may_use(node)] for group, kind in kinds.items()
    }
    nodes = [nodes[0] for nodes in closed.values() if nodes]
    if not nodes:
        return Finding("permissions", Status.OK, "this user may use every device that was found")
    groups = ",".join(_group(nodes[0], usual) for usual, nodes in closed.items() if nodes)
    return finding(
        "permissions",
        Status.WARNING,
        message("doctor.permissions.denied", devices=", ".join(map(str, nodes))),
        message("doctor.permissions.join_groups", groups=groups),
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
    detail = message("doctor.temperature.hot", degrees=round(degrees), limit=round(HOT))
    return finding("temperature", Status.WARNING, detail, message("doctor.temperature.cool"))


_POWER_NOW = {
    0: message("doctor.power.low_voltage"),
    1: message("doctor.power.capped"),
    2: message("doctor.power.throttled"),
    3: message("doctor.power.heat"),
}
_POWER_SINCE_START = {
    16: message("doctor.power.had_low_voltage"),
    17: message("doctor.power.was_capped"),
    18: message("doctor.power.was_throttled"),
    19: message("doctor.power.had_heat"),
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
        said = message("doctor.power.no_answer", program="vcgencmd")
        advice = message("doctor.permissions.join_groups", groups="video")
        told = finding("power", Status.WARNING, said, advice)
        return replace(told, detail=f"{told.detail} ({answer})") if answer else told


def power(bits: int) -> Finding:
    """bits: of `vcgencmd get_throttled`."""
    # What is so now needs not be said to have been so, too.
    told = [said for bit, said in _POWER_NOW.items() if bits >> bit & 1] + [
        said for bit, said in _POWER_SINCE_START.items() if bits >> bit & 1 and not bits >> (bit - 16) & 1
    ]
    if not told:
        return Finding("power", Status.OK, "never too low and never throttled since the start")
    advice = message("doctor.temperature.cool")
    if bits & _LOW_VOLTAGE:
        advice = message("doctor.power.stronger")
    text = load_language(SCREEN).text
    detail = ", ".join(text(each) for each in told)
    return Finding("power", Status.WARNING, detail, text(advice), (*told, advice))


def check_memory(meminfo: Path = Path("/proc/meminfo")) -> Finding | None:
    """How much memory programs can still have; None where the kernel does not say."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    if free < LITTLE_MEMORY:
        detail = message("doctor.memory.little", megabytes=round(free / 1e6))
        return finding("memory", Status.WARNING, detail, message("doctor.memory.end_programs"))
    return Finding("memory", Status.OK, f"{free / 1e6:.0f} MB are left")


def check_disk(folder: Path, little: float = LITTLE_DISK) -> Finding:
    """How much room the disk has that folder lies on. little: bytes that are too few."""
    free = shutil.disk_usage(folder).free
    if free < little:
        detail = message("doctor.disk.little", megabytes=round(free / 1e6))
        return finding("disk", Status.WARNING, detail, message("doctor.disk.delete_files"))
    return Finding("disk", Status.OK, f"{free / 1e6:.0f} MB are left")
