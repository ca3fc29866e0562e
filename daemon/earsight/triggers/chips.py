"""The GPIO chips of the board. Their numbers change with the kernel, their labels do not."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Raspberry Pi 5, 4, and all before."""

# struct gpiochip_info (linux/gpio.h): name, label, lines
_CHIP = struct.Struct("=32s32sI")
_GET_CHIP = 2 << 30 | _CHIP.size << 16 | 0xB4 << 8 | 0x01  # _IOR(0xB4, 0x01, struct gpiochip_info)


def label(device: Path) -> str:
    """What the driver of a /dev/gpiochip* calls its chip. Raises OSError."""
    handle = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _name, label, _lines = _CHIP.unpack(fcntl.ioctl(handle, _GET_CHIP, bytes(_CHIP.size)))
    finally:
        os.close(handle)
    return bytes(label).split(b"\0", 1)[0].decode("utf-8", "replace")


class NoHeaderError(Exception):
    """It is another board, or the driver of its pins is not there (yet)."""


def all_chips() -> list[Path]:
    """The device of every chip, by its number. A second name of one, as Raspberry Pi OS has, is left out."""
    devices = [device for device in Path("/dev").glob("gpiochip*") if not device.is_symlink()]
    return sorted(devices, key=lambda device: (len(device.name), device.name))


def find_header_chip() -> int:
    """The N of /dev/gpiochipN. Raises NoHeaderError, or PermissionError where a chip may not be asked."""
    return header_chip(Path("/dev").glob("gpiochip*"), label)


def header_chip(devices: Iterable[Path], ask: Callable[[Path], str]) -> int:
    forbidden = None
    numbers = (device.name.removeprefix("gpiochip") for device in devices)
    for number in sorted(int(number) for number in numbers if number.isdecimal()):
        try:
            if ask(Path(f"/dev/gpiochip{number}")) in HEADER_LABELS:
                return number
        except PermissionError as error:
            forbidden = error
        except OSError:
            continue
    raise forbidden or NoHeaderError("this board has no GPIO chip of a Raspberry Pi's header")
