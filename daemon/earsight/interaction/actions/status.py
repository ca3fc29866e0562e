"""Say how things are: the time of day, the battery, and what does not work.

The only module of the daemon that reads the clock on the wall: everything else goes by the monotonic clock.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path

from earsight.interaction.turn import Reply, Turn
from earsight.message import Message, message
from earsight.system import time_limits
from earsight.system.power_supply import Battery, read_battery

_SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
_RTC = Path("/sys/class/rtc/rtc0/since_epoch")


async def status(turn: Turn) -> Reply:
    """What is wrong comes last, as it stays in mind best."""
    battery = await asyncio.to_thread(read_battery)
    words = [await asyncio.to_thread(time_of_day)]
    if battery is not None:
        words.append(_about(battery))
    words += turn.notices.current_troubles or [message("status.all_well")]
    return Reply(tuple(words))


def time_of_day() -> Message:
    """The time, if the board knows it: one without a battery-backed clock starts at some past date."""
    if not _clock_is_right():
        return message("status.no_time")
    return message("status.time", time=datetime.now().time().replace(second=0, microsecond=0))


def _clock_is_right() -> bool:
    if _SYNCHRONIZED.exists():  # over the network, since the board was started
        return True
    try:
        return abs(float(_RTC.read_text(encoding="ascii")) - time.time()) < time_limits.CLOCK_TOLERANCE
    except (OSError, ValueError):
        return False


def _about(battery: Battery) -> Message:
    if battery.is_charging:
        return message("status.charging", percent=battery.percent)
    return message("status.battery", percent=battery.percent)
