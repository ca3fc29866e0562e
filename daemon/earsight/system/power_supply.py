"""The board's battery, where the kernel knows one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Battery:
    """How full the battery is.

    Attributes:
        percent: 0..100.
        is_charging: Whether it is being charged.
    """

    percent: int
    is_charging: bool


def read_battery(supplies: Path = Path("/sys/class/power_supply")) -> Battery | None:
    """The battery that feeds the board; None where there is none, or none that the kernel knows, such as a
    power bank. Those of mice and headsets don't count."""
    for supply in sorted(supplies.glob("*")):
        if _text(supply / "type") == "Battery" and _text(supply / "scope") != "Device":
            with suppress(ValueError):
                percent = int(_text(supply / "capacity"))
                return Battery(min(100, max(0, percent)), _text(supply / "status") == "Charging")
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
