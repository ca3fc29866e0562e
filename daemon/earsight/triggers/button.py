"""A push button on a GPIO pin, through gpiozero."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from earsight.triggers.debounce import Debouncer
from earsight.triggers.gestures import GestureRecognizer, Stuck
from earsight.triggers.trigger import Press, PressSink, TriggerError

STUCK_NOTICE = "The button seems to be stuck."

_log = logging.getLogger(__name__)


class ButtonTrigger:
    """Presses of the button on `pin` (BCM number), told apart by `recognizer`.

    pull_up: the button connects the pin to ground; otherwise to 3.3 volts. debounce: seconds for which the
    contacts may bounce. notice: takes a sentence for the wearer, once each time the button gets stuck; like
    the press sink it is called on the event loop's thread.

    Pins are reached through what GPIOZERO_PIN_FACTORY names, and through lgpio when it is not set:
    gpiozero's own search ends silently in drivers that poll, or that do nothing on newer boards.
    """

    def __init__(
        self,
        pin: int,
        pull_up: bool,
        debounce: float,
        recognizer: GestureRecognizer,
        notice: Callable[[str], None],
    ) -> None:
        self._pin = pin
        self._pull_up = pull_up
        self._debounce = debounce
        self._recognizer = recognizer
        self._notice = notice

    async def run(self, press: PressSink) -> None:
        """Pass on presses until cancelled. Raises TriggerError when the pin can't be had."""
        opening = asyncio.ensure_future(asyncio.to_thread(_Pin, self._pin, self._pull_up))
        try:
            pin = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread can't be stopped: give back what it opens.
            with suppress(TriggerError):
                (await opening).close()
            raise
        try:
            await self._listen(pin, press)
        finally:
            pin.close()

    async def _listen(self, pin: _Pin, press: PressSink) -> None:
        edges: asyncio.Queue[tuple[float, bool]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def changed(down: bool) -> None:  # on gpiozero's thread
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(edges.put_nowait, (time.monotonic(), down))

        pin.watch(changed)
        down = pin.is_down()
        debouncer = Debouncer(self._debounce, down)
        self._recognizer.found(time.monotonic(), down)
        while True:
            deadlines = (debouncer.deadline, self._recognizer.deadline)
            alarm = min((d for d in deadlines if d is not None), default=None)
            try:
                async with asyncio.timeout_at(alarm):
                    t, down = await edges.get()
                settled = debouncer.edge(t, down)
            except TimeoutError:
                t = max(time.monotonic(), alarm or 0.0)  # the loop may wake a hair early
                settled = debouncer.expire(t)
            for at, down in settled:
                self._tell(self._recognizer.press(at) if down else self._recognizer.release(at), press)
            self._tell(self._recognizer.expire(t), press)

    def _tell(self, events: list[Press | Stuck], press: PressSink) -> None:
        for event in events:
            if isinstance(event, Stuck):
                _log.warning("the button on GPIO %d has been down for too long", self._pin)
                self._notice(STUCK_NOTICE)
            else:
                press(event)


class _Pin:
    """gpiozero's device, and its pin factory if nobody has made one yet. Raises TriggerError."""

    def __init__(self, number: int, pull_up: bool) -> None:
        try:
            from gpiozero import Device, DigitalInputDevice
        except ImportError:
            raise TriggerError(
                "triggers.button.pin: the package gpiozero is missing: install it with "
                "`pip install 'gpiozero>=2.0.1.post3' lgpio` or `apt install python3-gpiozero python3-lgpio`"
            ) from None
        self._shared: Any = Device
        self._own_factory: Any = None
        try:
            if Device.pin_factory is None:
                Device.pin_factory = self._own_factory = _make_factory(Device)
            self._device: Any = DigitalInputDevice(number, pull_up=pull_up)
        except Exception as error:  # lgpio's and the boards' errors share no base class
            self._close_factory()
            raise TriggerError(f"triggers.button.pin: {_advice(number, error)}") from error
        _log.info("button on GPIO %d through gpiozero's %s", number, type(Device.pin_factory).__name__)

    def watch(self, changed: Callable[[bool], None]) -> None:
        """changed takes whether the button is down, on gpiozero's thread."""
        self._device.when_activated = lambda: changed(True)
        self._device.when_deactivated = lambda: changed(False)

    def is_down(self) -> bool:
        return bool(self._device.is_active)

    def close(self) -> None:
        self._device.close()
        self._close_factory()

    def _close_factory(self) -> None:
        if self._own_factory is not None:
            self._own_factory.close()
            self._shared.pin_factory = self._own_factory = None


def _make_factory(device: Any) -> Any:
    if os.environ.get("GPIOZERO_PIN_FACTORY"):
        device.ensure_pin_factory()
        return device.pin_factory
    from gpiozero.pins.lgpio import LGPIOFactory

    return LGPIOFactory()


def _advice(pin: int, error: Exception) -> str:
    """What is wrong with the pin, and what to do about it, in one line."""
    reason = " ".join(str(error).split()) or type(error).__name__
    said = reason.lower()
    kind = type(error).__name__
    if kind == "GPIOPinInUse" or "busy" in said:
        todo = "another program holds the pin: stop it or choose another pin"
    elif ".lgd-nfy" in said:  # lgpio keeps a pipe in the working directory
        todo = "lgpio needs a folder to write in: set LG_WD to one, or start Earsight in one"
    elif isinstance(error, ImportError) and "lgpio" in said:
        todo = "install lgpio with `pip install lgpio` or `apt install python3-lgpio`"
    elif isinstance(error, PermissionError) or "permission" in said or "can not open gpiochip" in said:
        todo = "add the user to the group gpio (`sudo usermod -aG gpio $USER`) and log in again"
    elif kind in ("PinUnknownPi", "BadPinFactory"):
        todo = "this is no Raspberry Pi that gpiozero knows: set triggers.button to null"
        if os.environ.get("GPIOZERO_PIN_FACTORY"):
            todo += ", or correct GPIOZERO_PIN_FACTORY"
    else:
        todo = "try GPIOZERO_PIN_FACTORY=lgpio and gpiozero 2.0.1.post3 or newer"
    return f"GPIO {pin} can't be used ({reason}): {todo}"
