"""A finger on each kind of line: gpiozero's own mock pins, a chip as libgpiod shows it, an input device.

What the kernel does is imitated; the simulated device (tests/hil) has the kernel itself.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import gpiod
import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from earsight.config.triggers import GpiodButton, GpiozeroButton, KeySection
from earsight.triggers import gpiod_line, input_device
from earsight.triggers.gpiod_line import GpiodLine
from earsight.triggers.gpiozero_line import GpiozeroLine
from earsight.triggers.input_device import DeviceInfo
from earsight.triggers.key_line import KeyInput
from earsight.triggers.line import Line

GONE = OSError(errno.ENODEV, "No such device")


class GpiozeroRig:
    """Edges come on the thread that drives the pin, as on a board."""

    pull_up = True

    def __init__(self, monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
        self._factory = MockFactory()
        monkeypatch.setattr(gpiozero.Device, "pin_factory", self._factory)

    def open(self) -> Line:
        return GpiozeroLine(GpiozeroButton(pin=17, pull_up=self.pull_up), "triggers.button")

    def move(self, down: bool) -> None:
        pin = self._factory.pin(17)
        drive = pin.drive_low if down == self.pull_up else pin.drive_high
        thread = threading.Thread(target=drive)
        thread.start()
        thread.join()


class GpiodRig:
    """Chips by path, each with the names of its lines by number. label_of: of chips; an error is raised."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, _folder: Path) -> None:
        self.chips: dict[str, dict[int, str]] = {"/dev/gpiochip0": {85: "PN.01", 86: "PN.02"}}
        self.label_of: dict[str, str | Exception] = {"/dev/gpiochip0": "tegra234-gpio"}
        self.refusal: Exception | None = None
        self.requests: list[FakeRequest] = []
        monkeypatch.setattr(gpiod_line, "all_chips", lambda: [Path(path) for path in self.chips])
        monkeypatch.setattr(gpiod_line, "label", self._label)
        monkeypatch.setattr(gpiod, "Chip", self._chip)
        monkeypatch.setattr(gpiod, "request_lines", self._request)

    def open(self) -> Line:
        return GpiodLine(GpiodButton(driver="gpiod", line="PN.01"), "triggers.button")

    def move(self, down: bool) -> None:
        self.requests[-1].move(down)

    def unplug(self) -> None:
        self.requests[-1].unplug()

    def _label(self, path: Path) -> str:
        label = self.label_of[str(path)]
        if isinstance(label, Exception):
            raise label
        return label

    def _chip(self, path: str) -> FakeChip:
        if isinstance(label := self.label_of[path], Exception):
            raise label
        return FakeChip(self.chips[path])

    def _request(self, path: str, config: dict, **options: object) -> FakeRequest:
        if self.refusal:
            raise self.refusal
        ((line, settings),) = config.items()
        self.requests.append(FakeRequest(path, line, settings, options))
        return self.requests[-1]


class FakeChip:
    def __init__(self, lines: dict[int, str]) -> None:
        self._lines = lines

    def __enter__(self) -> FakeChip:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def line_offset_from_id(self, name: str) -> int:
        for number, its in self._lines.items():
            if its == name:
                return number
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")


class FakeRequest:
    """Its levels are logical, as the kernel's are for a line that is active when it is low."""

    def __init__(self, path: str, line: int, settings: gpiod.LineSettings, options: dict) -> None:
        self.path, self.line, self.settings, self.options = path, line, settings, options
        self.fd, self._bell = os.pipe()
        self._down = self._gone = self.released = False
        self._events: list[SimpleNamespace] = []

    def move(self, down: bool, lost: bool = False) -> None:
        """lost: the kernel had no room for the event of it."""
        self._down = down
        kind = gpiod.EdgeEvent.Type.RISING_EDGE if down else gpiod.EdgeEvent.Type.FALLING_EDGE
        if not lost:
            self._events.append(SimpleNamespace(event_type=kind, timestamp_ns=time.monotonic_ns()))
        os.write(self._bell, b".")

    def unplug(self) -> None:
        self._gone = True
        os.write(self._bell, b".")

    def read_edge_events(self) -> list[SimpleNamespace]:
        os.read(self.fd, 4096)
        if self._gone:
            raise GONE
        events, self._events = self._events, []
        return events

    def get_value(self, line: int) -> gpiod.line.Value:
        assert line == self.line
        if self._gone:
            raise GONE
        return gpiod.line.Value.ACTIVE if self._down else gpiod.line.Value.INACTIVE

    def release(self) -> None:
        self.released = True
        os.close(self.fd)
        os.close(self._bell)


EVENT = struct.Struct("llHHi")


class FakeInputDevice:
    """A named pipe in place of /dev/input/event*."""

    def __init__(self, node: Path, name: str, keys: set[int], bluetooth: bool = False) -> None:
        self.info = DeviceInfo(node, name, bluetooth, frozenset(keys))
        self.down: set[int] = set()
        self.grabbed_by: list[int] = []
        os.mkfifo(node)
        self._writer = os.open(node, os.O_RDWR)

    def move(self, code: int, down: bool, at: float | None = None) -> None:
        (self.down.add if down else self.down.discard)(code)
        self.event(1, code, int(down), at)
        self.event(0, 0, 0, at)

    def event(self, kind: int, code: int, value: int, at: float | None = None) -> None:
        at = time.monotonic() if at is None else at
        os.write(self._writer, EVENT.pack(int(at), int(at % 1 * 1e6), kind, code, value))

    def unplug(self) -> None:
        os.close(self._writer)
        self.info.node.unlink()


class KeyRig:
    """A key of one device; more devices can be plugged in."""

    CODE = 164

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._folder = folder
        self.devices: list[FakeInputDevice] = []
        self.plug_in("FootSwitch", {30, self.CODE})
        self.key = KeyInput(KeySection(key="KEY_PLAYPAUSE"), "triggers.keys.pedal", self.find)
        monkeypatch.setattr(input_device.fcntl, "ioctl", self._ioctl)

    def open(self) -> Line:
        return self.key()

    def find(self) -> list[DeviceInfo]:
        return [device.info for device in self.devices]

    def plug_in(self, name: str, keys: set[int], bluetooth: bool = False) -> FakeInputDevice:
        number = next(n for n in range(100) if not (self._folder / f"event{n}").exists())
        device = FakeInputDevice(self._folder / f"event{number}", name, keys, bluetooth)
        self.devices.append(device)
        return device

    def move(self, down: bool) -> None:
        self.devices[0].move(self.CODE, down)

    def unplug(self) -> None:
        self.devices.pop(0).unplug()

    def _ioctl(self, fd: int, request: int, argument: object = 0) -> object:
        number, node = request & 0xFF, Path(f"/proc/self/fd/{fd}").readlink()
        device = next(device for device in self.devices if device.info.node == node)
        if number == 0x90:
            if device.grabbed_by:
                raise OSError(errno.EBUSY, "Device or resource busy")
            device.grabbed_by.append(fd)
        if number == 0x18:
            bits = bytearray(argument)
            for code in device.down:
                bits[code // 8] |= 1 << code % 8
            return bytes(bits)
        return 0


Rig = GpiozeroRig | GpiodRig | KeyRig
MakeRig = Callable[[pytest.MonkeyPatch, Path], Rig]
