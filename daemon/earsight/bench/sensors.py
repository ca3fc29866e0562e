"""What a board's own sensors tell while it works: heat, throttling and power."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from earsight.system import time_limits
from earsight.system.throttling import is_hot, temperature, throttled

_RAIL = re.compile(r"(\w+)_([AV]) \w+\(\d+\)=([0-9.]+)[AV]")
_WHOLE_BOARD = ("VDD_IN", "POM_5V_IN", "5V_IN")
"""What Jetsons call the channel that all power comes through."""


def pmic_watts(answer: str) -> float | None:
    """The power of all rails that a Raspberry Pi 5's `vcgencmd pmic_read_adc` tells; None for none.

    It is less than what the power supply gives: the rail for USB devices is not among them.
    """
    rails: dict[str, dict[str, float]] = {}
    for name, unit, value in _RAIL.findall(answer):
        rails.setdefault(name, {})[unit] = float(value)
    watts = [rail["A"] * rail["V"] for rail in rails.values() if len(rail) == 2]
    return sum(watts) if watts else None


def jetson_watts(hwmon: Path = Path("/sys/class/hwmon")) -> float | None:
    """The power that a Jetson's INA3221 measures at its input; None where there is none."""
    for folder in sorted(hwmon.glob("hwmon*")):
        if _text(folder / "name") != "ina3221":
            continue
        channels = {_text(label): label.name[2:-6] for label in sorted(folder.glob("in*_label"))}
        for name in (*_WHOLE_BOARD, *channels):
            if name in channels:
                with suppress(ValueError):
                    volts = int(_text(folder / f"in{channels[name]}_input")) / 1000
                    return volts * int(_text(folder / f"curr{channels[name]}_input")) / 1000
    return None


def watts() -> float | None:
    """The power that this board uses now; None where it does not tell."""
    measured = jetson_watts()
    if measured is not None or shutil.which("vcgencmd") is None:
        return measured
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            ["vcgencmd", "pmic_read_adc"],
            capture_output=True,
            text=True,
            timeout=time_limits.FIRMWARE,
            check=False,
        )
        return pmic_watts(done.stdout)
    return None


@dataclass
class Readings:
    """What was read in the course of time; empty where the board does not tell.

    Attributes:
        celsius: Degrees of the hottest sensor.
        used: Watts of the board.
        slowed: Whether the board was slowed down, or had too little power, at each reading.
    """

    celsius: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    slowed: list[bool] = field(default_factory=list)

    def take(self, power: Callable[[], float | None] = watts) -> None:
        """Read once."""
        degrees, used, bits = temperature(), power(), asyncio.run(throttled())
        self.celsius += [] if degrees is None else [degrees]
        self.used += [] if used is None else [used]
        self.slowed.append(is_hot(bits) or bool(bits and bits & 0xF))

    def figures(self) -> dict[str, float | bool | None]:
        """The first and the highest temperature, the mean and the highest power, and any throttling."""
        return {
            "celsius_first": round(self.celsius[0], 1) if self.celsius else None,
            "celsius_most": round(max(self.celsius), 1) if self.celsius else None,
            "watts_mean": round(sum(self.used) / len(self.used), 2) if self.used else None,
            "watts_most": round(max(self.used), 2) if self.used else None,
            "throttled": any(self.slowed),
        }


class Watch:
    """Reads the sensors every other second for the length of a `with` block, in a thread of its own."""

    def __init__(self) -> None:
        self.readings = Readings()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sensors", daemon=True)

    def __enter__(self) -> Readings:
        self._thread.start()
        return self.readings

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(2 * time_limits.FIRMWARE)

    def _run(self) -> None:
        while True:
            self.readings.take()
            if self._over.wait(time_limits.BENCH_SENSORS):
                return


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
