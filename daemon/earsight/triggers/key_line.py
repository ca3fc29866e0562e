"""A key of an input device as a button, on whichever devices have it, as they come and go."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from earsight.config.triggers import KeySection
from earsight.system import time_limits
from earsight.triggers.input_device import ConnectedDevices, DeviceInfo, InputDevice, KeyEvent
from earsight.triggers.line import Lost, Moved
from earsight.triggers.trigger import AbsentError, AsleepError, TriggerError

_log = logging.getLogger(__name__)

FindDevices = Callable[[], list[DeviceInfo]]


class KeyInput:
    """Opens a key, each time anew when its device has been away.

    Args:
        section: Which key of which device.
        key: Of the section, for messages, such as "triggers.keys.pedal".
        find: Tells which devices are connected.
    """

    def __init__(self, section: KeySection, key: str, find: FindDevices | None = None) -> None:
        self.section = section
        self.key = key
        self._find = find or ConnectedDevices()
        self._asleep = False

    def __call__(self) -> KeyLine:
        """See OpenLine."""
        found = self.devices()
        if not found:
            raise self.absent()
        if not any(os.access(device.node, os.R_OK) for device in found):
            time.sleep(time_limits.DEVICE_LOOK)  # just connected: the group of its file is set a moment later
        return KeyLine(self)

    def devices(self) -> list[DeviceInfo]:
        """Those connected that have the key."""
        wanted = (self.section.device or "").lower()
        return [
            device
            for device in self._find()
            if device.keys & self.section.codes and device.name.lower().startswith(wanted)
        ]

    def left(self, device: DeviceInfo) -> None:
        """A device has gone; was it one that does so to save power?"""
        self._asleep = device.bluetooth

    def absent(self) -> TriggerError:
        """Why there is no device."""
        if self._asleep:
            return AsleepError(f"{self.key}: {self.name} is not connected")
        others = [device.name for device in self._find() if device.keys & self.section.codes]
        there = f"; devices that have this key: {', '.join(others)}" if others else ""
        what = f"the device {self.section.device}" if self.section.device else "a device that has it"
        return AbsentError(f"{self.key}: {self.name} can't be used: {what} is not connected{there}")

    @property
    def name(self) -> str:
        """Of the key, for messages."""
        key = self.section.key
        names = " or ".join(map(str, key)) if isinstance(key, list) else str(key)
        return f"{names} of {self.section.device}" if self.section.device else names


class KeyLine:
    """A key on all connected devices that have it. Lost when the last of them goes."""

    def __init__(self, owner: KeyInput) -> None:
        self._owner = owner
        self.name = owner.name
        self._devices: dict[Path, InputDevice] = {}
        self._held: set[Path] = set()  # those on which it is down
        self._moved: Moved = lambda _at, _down: None
        self._lost: Lost = lambda _error: None
        self._look: asyncio.TimerHandle | None = None

    def watch(self, moved: Moved, lost: Lost, /) -> None:
        """See Line. It opens the devices here: some USB devices take 50 milliseconds for that."""
        self._moved, self._lost = moved, lost
        refused = self._attach_all()
        if not self._devices:
            raise refused or self._owner.absent()
        self._look_later()

    def is_down(self) -> bool:
        """See Line."""
        return bool(self._held)

    def close(self) -> None:
        """See Line."""
        if self._look is not None:
            self._look.cancel()
        for node in list(self._devices):
            self._detach(node)

    # Devices that come and go

    def _attach_all(self) -> TriggerError | None:
        """Open what is there and not open yet. Why one could not be opened, if so."""
        refused = None
        for info in self._owner.devices():
            if info.node in self._devices:
                continue
            try:
                self._devices[info.node] = _shared.attach(info, self, self._owner.section.grab)
            except OSError as error:
                refused = _refusal(self._owner, info, error)
                continue
            _log.info("%s: %s on %s (%s)", self._owner.key, self.name, info.name, info.node)
            self._see(self._devices[info.node])
        return refused

    def _look_later(self) -> None:
        self._look = asyncio.get_running_loop().call_later(time_limits.DEVICE_LOOK, self._look_now)

    def _look_now(self) -> None:
        self._attach_all()
        self._look_later()

    def _detach(self, node: Path) -> None:
        _shared.detach(self._devices.pop(node), self)

    # What happens on them, told by _shared

    def happened(self, device: InputDevice, event: KeyEvent) -> None:
        """A key of a device has moved."""
        if event.code is None:
            self._see(device, event.at)
        elif event.code in self._owner.section.codes:
            self._hold(device.info.node, event.down, event.at)

    def gone(self, device: InputDevice, error: OSError) -> None:
        """A device can't be read any more."""
        del self._devices[device.info.node]
        self._owner.left(device.info)
        _log.info("%s: %s has gone (%s)", self._owner.key, device.info.name, error.strerror)
        self._hold(device.info.node, False, asyncio.get_running_loop().time())
        if not self._devices:
            self._lost(self._owner.absent())

    def _see(self, device: InputDevice, at: float | None = None) -> None:
        """How the key is on a device, where the events don't tell."""
        with suppress(OSError):  # it is going; its reader will tell
            down = device.is_down(self._owner.section.codes)
            self._hold(device.info.node, down, asyncio.get_running_loop().time() if at is None else at)

    def _hold(self, node: Path, down: bool, at: float) -> None:
        before = bool(self._held)
        if down:
            self._held.add(node)
        else:
            self._held.discard(node)
        if bool(self._held) is not before:
            self._moved(at, not before)


class _SharedDevices:
    """Opens each device once, for all keys that are on it: what one handle grabs, no other gets."""

    def __init__(self) -> None:
        self._lines: dict[InputDevice, list[KeyLine]] = {}

    def attach(self, info: DeviceInfo, line: KeyLine, grab: bool) -> InputDevice:
        """The device, which tells the line what happens. Raises OSError."""
        device = next((device for device in self._lines if device.info == info), None)
        if device is None:
            device = InputDevice(info)
            self._lines[device] = []
            asyncio.get_running_loop().add_reader(device.fd, self._read, device)
        self._lines[device].append(line)
        if grab:
            try:
                device.grab()
            except OSError:
                self.detach(device, line)
                raise
        return device

    def detach(self, device: InputDevice, line: KeyLine) -> None:
        lines = self._lines[device]
        lines.remove(line)
        if not lines:
            self._close(device)

    def _read(self, device: InputDevice) -> None:
        try:
            events = device.read()
        except OSError as error:
            lines = self._lines[device]
            self._close(device)
            for line in lines:
                line.gone(device, error)
            return
        for event in events:
            for line in list(self._lines[device]):
                line.happened(device, event)

    def _close(self, device: InputDevice) -> None:
        del self._lines[device]
        asyncio.get_running_loop().remove_reader(device.fd)
        device.close()


_shared = _SharedDevices()


def _refusal(owner: KeyInput, info: DeviceInfo, error: OSError) -> TriggerError:
    """What to do about a device that can't be opened."""
    told = f"{owner.key}: {owner.name} can't be used: {info.name} ({info.node})"
    if isinstance(error, PermissionError):
        return TriggerError(
            f"{told} may not be read: run `sudo script/install` again, or, where Earsight is not installed, "
            "add the user to the group input (`sudo usermod -aG input $USER`) and log in again"
        )
    if error.errno == errno.EBUSY:
        return TriggerError(f"{told} is grabbed by another program: stop that program, or set grab to false")
    return AbsentError(f"{told} does not exist: {error.strerror}")
