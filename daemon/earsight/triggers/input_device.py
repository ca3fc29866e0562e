"""Linux input devices: keyboards, remote controls, pedals, the buttons of earphones.

Written here rather than taken from the package evdev, which has no wheels: it would need a compiler and the
kernel's headers on every board, for one structure and four calls.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from earsight.system.key_codes import MAX_CODE

SYSTEM = Path("/sys/class/input")
DEVICES = Path("/dev/input")

_EVENT = struct.Struct("llHHi")  # struct input_event: seconds, microseconds, type, code, value
_AT_ONCE = 64
_SYN, _KEY = 0, 1
_DROPPED = 3
_UP, _DOWN = 0, 1  # 2 is the automatic repeat of a key that is held
_BLUETOOTH = 5
_CLOCK_MONOTONIC = struct.pack("i", 1)
_KEY_BYTES = (MAX_CODE + 8) // 8


def _ioctl(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("E") << 8 | number


_WRITE, _READ = 1, 2
_SET_CLOCK = _ioctl(_WRITE, 0xA0, 4)
_GRAB = _ioctl(_WRITE, 0x90, 4)
_KEYS_DOWN = _ioctl(_READ, 0x18, _KEY_BYTES)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What the kernel tells of a device without opening it.

    Attributes:
        node: Its file, such as /dev/input/event3.
        name: As its maker calls it.
        bluetooth: Whether it is connected by Bluetooth.
        keys: The codes of its keys.
    """

    node: Path
    name: str
    bluetooth: bool
    keys: frozenset[int]


def input_devices(system: Path = SYSTEM, devices: Path = DEVICES) -> list[DeviceInfo]:
    """Every input device that is connected, by number."""
    entries = sorted(system.glob("event*"), key=lambda entry: (len(entry.name), entry.name))
    found = []
    for entry in entries:
        with suppress(OSError, ValueError):  # it is just going
            about = entry / "device"
            name = (about / "name").read_text(encoding="utf-8", errors="replace").strip()
            bus = int((about / "id/bustype").read_text(encoding="ascii"), 16)
            keys = _bits((about / "capabilities/key").read_text(encoding="ascii"))
            found.append(DeviceInfo(devices / entry.name, name, bus == _BLUETOOTH, keys))
    return found


class ConnectedDevices:
    """input_devices() of this system, which asks the kernel anew only when there is another device file."""

    def __init__(self) -> None:
        self._files: object = None
        self._known: list[DeviceInfo] = []

    def __call__(self) -> list[DeviceInfo]:
        try:
            files = DEVICES.stat().st_mtime_ns, sorted(DEVICES.iterdir())
        except OSError:  # this system has none
            return []
        if files != self._files:
            self._known = input_devices()
            self._files = files
        return self._known


def _bits(text: str) -> frozenset[int]:
    """The kernel's bitmaps are words in hexadecimal, the highest first, of as many bits as a long has."""
    bits = 8 * struct.calcsize("l")
    number = 0
    for word in text.split():
        number = number << bits | int(word, 16)
    return frozenset(bit for bit in range(MAX_CODE + 1) if number >> bit & 1)


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key went down or came up.

    Attributes:
        at: When, in seconds of time.monotonic().
        code: Of the key; None when the kernel has lost events, so that any key may be otherwise than before.
        down: Whether it is down since.
    """

    at: float
    code: int | None
    down: bool


class InputDevice:
    """An input device, open.

    Args:
        info: Which one.

    Raises:
        OSError: It can't be opened, or has gone.
    """

    def __init__(self, info: DeviceInfo) -> None:
        self.info = info
        self.fd = os.open(info.node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._grabbed = False
        try:
            fcntl.ioctl(self.fd, _SET_CLOCK, _CLOCK_MONOTONIC)
        except OSError:
            os.close(self.fd)
            raise

    def grab(self) -> None:
        """From now on nobody else gets its keys.

        Raises:
            OSError: Somebody else has grabbed it.
        """
        if not self._grabbed:
            fcntl.ioctl(self.fd, _GRAB, 1)
            self._grabbed = True

    def is_down(self, codes: Container[int]) -> bool:
        """Whether any of these keys is down now.

        Raises:
            OSError: It has gone.
        """
        down = fcntl.ioctl(self.fd, _KEYS_DOWN, bytes(_KEY_BYTES))
        return any(down[code // 8] >> code % 8 & 1 and code in codes for code in range(8 * _KEY_BYTES))

    def read(self) -> list[KeyEvent]:
        """What has happened since the last time; empty if nothing has.

        Raises:
            OSError: It has gone.
        """
        try:
            data = os.read(self.fd, _AT_ONCE * _EVENT.size)
        except BlockingIOError:
            return []
        if not data:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        events = []
        for seconds, microseconds, kind, code, value in _EVENT.iter_unpack(data):
            at = seconds + microseconds / 1e6
            if kind == _KEY and value in (_UP, _DOWN):
                events.append(KeyEvent(at, code, value == _DOWN))
            elif kind == _SYN and code == _DROPPED:
                events.append(KeyEvent(at, None, False))
        return events

    def close(self) -> None:
        """Let go of it, and of its keys if they were grabbed."""
        os.close(self.fd)
