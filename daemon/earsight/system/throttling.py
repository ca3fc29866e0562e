"""What slows the board down: heat, or too little power.

From the kernel's thermal zones and, on a Raspberry Pi, from its firmware.
"""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from earsight.system import time_limits

HOT = 80.0
"""Degrees Celsius from which a Raspberry Pi slows down; for zones that name no limit of their own."""

_COOLER = 5.0
"""Degrees below the limit at which a board that was hot has cooled down."""

_NEAR = 15.0
"""Degrees below the limit within which a slowed processor may be slowed because of heat."""

_LOW_VOLTAGE, _CAPPED, _THROTTLED = 1 << 0, 1 << 1, 1 << 2
_NOT_OF_THE_PROCESSOR = ("PMIC-Die",)  # always 100 degrees on some Jetsons


class Throttling(StrEnum):
    """Why the board is slowed down."""

    HOT = "hot"
    LOW_POWER = "short of power"


class ThrottlingMonitor:
    """Reads what slows the board down, without going back and forth at a limit."""

    def __init__(self) -> None:
        self._was_hot = False
        self._low_power_until = -math.inf

    async def read(self) -> Throttling | None:
        """What slows the board down now; None for nothing."""
        bits = await throttled()
        if bits is not None and bits & _LOW_VOLTAGE:
            self._low_power_until = time.monotonic() + time_limits.POWER_LOW_LASTS
        hot = await asyncio.to_thread(is_hot, bits, _COOLER if self._was_hot else 0.0)
        low_power = time.monotonic() < self._low_power_until
        self._was_hot = hot and not low_power
        return Throttling.LOW_POWER if low_power else Throttling.HOT if hot else None


def is_hot(bits: int | None, margin: float = 0.0, thermal: Path = Path("/sys/class/thermal")) -> bool:
    """Whether a sensor is at the limit at which the kernel slows the board down.

    Args:
        bits: Of `vcgencmd get_throttled`; None where there is no such firmware.
        margin: Degrees below the limits that count as hot too.
        thermal: Where the kernel shows its sensors.
    """
    below = [limit - degrees for degrees, limit in _zones(thermal)]
    if bits is not None and bits & (_CAPPED | _THROTTLED):
        margin = max(margin, _NEAR)  # cooler than that, it is slowed for lack of power
        return not below or min(below) <= margin
    return bool(below) and min(below) <= margin


def temperature(thermal: Path = Path("/sys/class/thermal")) -> float | None:
    """Degrees Celsius of the hottest sensor; None where the board has none."""
    return max((degrees for degrees, _limit in _zones(thermal)), default=None)


async def throttled(platform: Path = Path("/sys/devices/platform"), program: str = "vcgencmd") -> int | None:
    """The bits of `vcgencmd get_throttled`; None on other boards than a Raspberry Pi, and on failure."""
    bits = await asyncio.to_thread(_bits, platform)
    if bits is not None or shutil.which(program) is None:
        return bits
    try:
        return int((await ask_firmware(program)).removeprefix("throttled="), 0)
    except (OSError, ValueError):  # TimeoutError among them
        return None


def _bits(platform: Path) -> int | None:
    """The bits from the firmware's driver; None where the kernel has no such driver."""
    for file in platform.glob("soc*/soc*firmware/get_throttled"):
        with suppress(ValueError):
            return int(_text(file), 16)
    return None


async def ask_firmware(program: str = "vcgencmd") -> str:
    """The whole output of the program. Raises TimeoutError, and OSError when it can't be started."""
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
        if process.returncode is None:
            # Not process.kill(), which may reap the program behind the back of asyncio's own watcher.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return " ".join(output.decode("utf-8", "replace").split())


def _zones(thermal: Path) -> Iterator[tuple[float, float]]:
    """Of each sensor: its degrees, and those from which the kernel slows the board down."""
    for zone in thermal.glob("thermal_zone*"):
        degrees = _degrees(zone / "temp")
        # Other values come from a sensor that sleeps, or is not connected.
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
