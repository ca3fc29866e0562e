"""Pins of a Raspberry Pi, through gpiozero.

They are reached through what GPIOZERO_PIN_FACTORY names, and through lgpio when it is not set: gpiozero's own
search ends silently in drivers that poll, or that do nothing on newer boards.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import traceback
from contextlib import suppress
from typing import Any

from earsight.config.triggers import GpiozeroButton
from earsight.triggers.chips import NoHeaderError, find_header_chip
from earsight.triggers.line import Lost, Moved
from earsight.triggers.trigger import TriggerError

_log = logging.getLogger(__name__)


class GpiozeroLine:
    """One pin, open. It never tells that it is lost: gpiozero does not notice.

    Args:
        section: Which pin, and how the button is connected.
        key: Of the section, for messages, such as "triggers.button".

    Raises:
        TriggerError: The pin can't be had.
    """

    def __init__(self, section: GpiozeroButton, key: str) -> None:
        self.name = f"GPIO {section.pin}"
        try:
            from gpiozero import Device, DigitalInputDevice
        except ImportError:
            raise TriggerError(
                f"{key}.pin: the package gpiozero is missing: install it with "
                "`pip install 'gpiozero>=2.0.1.post3' lgpio` or `apt install python3-gpiozero python3-lgpio`"
            ) from None
        try:
            _factory.take(Device)
        except Exception as error:  # lgpio's and the boards' errors share no base class
            raise TriggerError(f"{key}.pin: {_advice(section.pin, error, key)}") from error
        try:
            self._device: Any = DigitalInputDevice(section.pin, pull_up=section.pull_up)
        except Exception as error:
            # Its frames keep gpiozero's half-made device, and that keeps the pin, though nobody has it.
            traceback.clear_frames(error.__traceback__)
            _factory.give_back()
            raise TriggerError(f"{key}.pin: {_advice(section.pin, error, key)}") from error
        _log.info("%s: %s through gpiozero's %s", key, self.name, type(Device.pin_factory).__name__)

    def watch(self, moved: Moved, _lost: Lost, /) -> None:
        """See Line."""
        loop = asyncio.get_running_loop()

        def changed(down: bool) -> None:  # on gpiozero's thread
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(moved, time.monotonic(), down)

        self._device.when_activated = lambda: changed(True)
        self._device.when_deactivated = lambda: changed(False)

    def is_down(self) -> bool:
        """See Line."""
        return bool(self._device.is_active)

    def close(self) -> None:
        """See Line."""
        self._device.close()
        _factory.give_back()


class _SharedFactory:
    """gpiozero's one pin factory for all our pins: made for the first, closed with the last. One that
    somebody else has made is left alone."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._pins = 0
        self._device: Any = None  # gpiozero.Device, while the factory is ours

    def take(self, device: Any) -> None:
        with self._turn:
            if device.pin_factory is None:
                device.pin_factory = _make_factory(device)
                self._device = device
            self._pins += 1

    def give_back(self) -> None:
        with self._turn:
            self._pins -= 1
            if self._pins == 0 and self._device is not None:
                device, self._device = self._device, None
                device.pin_factory.close()
                device.pin_factory = None


_factory = _SharedFactory()


def _make_factory(device: Any) -> Any:
    if os.environ.get("GPIOZERO_PIN_FACTORY", "lgpio") not in ("lgpio", ""):
        device.ensure_pin_factory()
        return device.pin_factory
    from gpiozero.pins.lgpio import LGPIOFactory

    # gpiozero would take the first chip, whose line of that number may be anything.
    return LGPIOFactory(chip=find_header_chip())


def _advice(pin: int, error: Exception, key: str) -> str:
    """What is wrong with the pin, and what to do about it, in one line."""
    reason = " ".join(str(error).split()) or type(error).__name__
    said = reason.lower()
    kind = type(error).__name__
    if kind == "GPIOPinInUse" or "busy" in said:
        todo = "another program holds the pin: stop it or choose another pin"
    elif ".lgd-nfy" in said:  # lgpio keeps a pipe in the working directory
        todo = "lgpio keeps a pipe in the working folder: start Earsight in one that it may write to"
    elif isinstance(error, ImportError) and "lgpio" in said:
        todo = "install lgpio with `pip install lgpio` or `apt install python3-lgpio`"
    elif isinstance(error, PermissionError) or "permission" in said or "can not open gpiochip" in said:
        todo = "add the user to the group gpio (`sudo usermod -aG gpio $USER`) and log in again"
    elif kind == "PinInvalidPin" or "bad gpio" in said:
        todo = "the chip has no such line: choose another pin"
    elif isinstance(error, NoHeaderError):
        todo = f"unless this is a Raspberry Pi, set {key}.driver to gpiod and {key}.line to the line's name"
    elif kind in ("PinUnknownPi", "BadPinFactory"):
        todo = f"gpiozero knows Raspberry Pis only: set {key}.driver to gpiod and {key}.line to the name"
        if os.environ.get("GPIOZERO_PIN_FACTORY"):
            todo += ", or correct GPIOZERO_PIN_FACTORY"
    else:
        todo = "try GPIOZERO_PIN_FACTORY=lgpio and gpiozero 2.0.1.post3 or newer"
    return f"GPIO {pin} can't be used ({reason}): {todo}"
