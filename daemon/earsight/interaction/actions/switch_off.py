"""Switch the device off, once the wearer has confirmed it."""

from __future__ import annotations

import asyncio

from earsight.interaction.bindings import Bindings
from earsight.interaction.turn import Perform, Reply, Turn
from earsight.message import message
from earsight.system import time_limits
from earsight.system.power_off import PowerOffError, request_file, request_power_off
from earsight.triggers.trigger import Gesture


async def switch_off(turn: Turn) -> Reply:
    """Ask for a second press first."""
    if request_file() is None:
        raise PowerOffError("only the installed service can switch the device off")
    return Reply((message("switch_off.confirm"),), dialogue=Confirmation(turn.bindings))


class Confirmation:
    """A long press switches off, and so does the gesture that is bound to it. Any other press keeps the
    device on, and so does none at all."""

    def __init__(self, bindings: Bindings) -> None:
        """Args:
        bindings: What gestures mean.
        """
        self._bindings = bindings

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """See Dialogue."""
        if gesture is not Gesture.LONG and self._bindings.action(source, gesture) != "switch_off":
            return self.expire()
        return Reply((message("switch_off.goodbye"),), then=_power_off)

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("switch_off.cancelled"),))


async def _power_off() -> Reply:
    await asyncio.to_thread(request_power_off)
    await asyncio.sleep(time_limits.POWER_OFF)
    raise PowerOffError(f"systemd has not switched the device off within {time_limits.POWER_OFF:g} s")
