"""What slows the board down: heat, or too little power.

From the kernel's thermal zones and, on a Raspberry Pi, from its firmware.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from earsight.system import time_limits

HOT = 80.0
"""Degrees Celsius from which a Raspberry Pi slows down; for zones that name no limit of their own."""

_COOLER = 5.0
"""Degrees below the limit at which a board that was hot is so no more."""

_NEAR = 15.0
"""Degrees below the limit from which a processor that is slowed down may be so for its heat."""

_LOW_VOLTAGE, _CAPPED, _THROTTLED = 1 << 0, 1 << 1, 1 << 2
_NOT_OF_THE_PROCESSOR = ("PMIC-Die",)  # always 100 degrees on some Jetsons


class Throttling(StrEnum):
    HOT = "hot"
    WEAK = "weak"


class ThrottlingMonitor:
    """What slows the board down, without going back and forth."""

    def __init__(self) -> None:
        self._was_hot = False
        self._weak_until = -math.inf

    async def now(self) -> Throttling | None:
        bits = await throttled()
        if bits is not None and bits & _LOW_VOLTAGE:
            self._weak_until = time.monotonic() + time_limits.POWER_LOW_LASTS
        hot = await asyncio.to_thread(is_hot, bits, _COOLER if self._was_hot else 0.0)
        weak = time.monotonic() < self._weak_until
        self._was_hot = hot and not weak
        return Throttling.WEAK if weak else Throttling.HOT if hot else None


def is_hot(bits: int | None, margin: float = 0.0, thermal: Path = Path("/sys/class/thermal")) -> bool:
    """bits: of `vcgencmd get_throttled`. margin: degrees below the limits that count as hot too."""
    below = [limit - degrees for degrees, limit in _zones(thermal)]
    if bits is not None and bits & (_CAPPED | _THROTTLED):
        margin = max(margin, _NEAR)  # cooler than that, it is for want of power
        return not below or min(below) <= margin
    return bool(below) and min(below) <= margin


def temperature(thermal: Path = Path("/sys/class/thermal")) -> float | None:
    """Degrees of the hottest sensor; None where the board has none."""
    return max((degrees for degrees, _limit in _zones(thermal)), default=None)


async def throttled(platform: Path = Path("/sys/devices/platform"), program: str = "vcgencmd") -> int | None:
    """The bits of `vcgencmd get_throttled`; None on boards that are no Raspberry Pi, or where it fails."""
    bits = await asyncio.to_thread(_bits, platform)
    if bits is not None or shutil.which(program) is None:
        return bits
    try:
        return int((await ask_firmware(program)).removeprefix("throttled="), 0)
    except (OSError, ValueError):  # TimeoutError among them
        return None


def _bits(platform: Path) -> int | None:
    """What the firmware's driver says, where the kernel has it."""
    for file in platform.glob("soc*/soc*firmware/get_throttled"):
        with suppress(ValueError):
            return int(_text(file), 16)
    return None


async def ask_firmware(program: str = "vcgencmd") -> str:
    """All that the program says. Raises TimeoutError, and OSError when it can't be started."""
    process = await asyncio.create_subprocess_exec(
        program,
        "get_throttled",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(time_limits.FIRMWARE):
            output, _ = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return " ".join(output.decode("utf-8", "replace").split())


def _zones(thermal: Path) -> Iterator[tuple[float, float]]:
    """Of each sensor: its degrees, and from which on the kernel slows the board down."""
    for zone in thermal.glob("thermal_zone*"):
        degrees = _degrees(zone / "temp")
        # Else a sensor that sleeps, or is not connected.
        if degrees is not None and -60 < degrees < 200 and _text(zone / "type") not in _NOT_OF_THE_PROCESSOR:
            yield degrees, _limit(zone)


def _limit(zone: Path) -> float:
    passive = [
        degrees
        for kind in zone.glob("trip_point_*_type")
        if _text(kind) == "passive"
        and (degrees := _degrees(kind.with_name(kind.name.replace("_type", "_temp")))) is not None
        and degrees > 40  # lower ones are switched off
    ]
    return min(passive, default=HOT)


def _degrees(file: Path) -> float | None:
    try:
        return int(_text(file)) / 1000
    except ValueError:
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
