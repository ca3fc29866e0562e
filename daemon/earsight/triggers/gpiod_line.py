"""GPIO lines of any Linux board, such as a Jetson, through libgpiod.

The kernel gives every edge its time, so that a busy board does not change a gesture.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from earsight.config.triggers import GpiodButton
from earsight.triggers.chips import all_chips, label
from earsight.triggers.line import Lost, Moved
from earsight.triggers.trigger import TriggerError

_log = logging.getLogger(__name__)

_BUFFER = 64
"""Edges that the kernel keeps until they are read: chatter of a loop that is held up."""


class _NoSuchLineError(Exception):
    """The settings name a chip or a line that there is not; with advice."""


class GpiodLine:
    """One line, open.

    Args:
        section: Which line, and how the button is connected.
        key: Of the section, for messages, such as "triggers.button".

    Raises:
        TriggerError: The line can't be had.
    """

    def __init__(self, section: GpiodButton, key: str) -> None:
        self._key = key
        self.name = f"GPIO line {section.line}" + (f" of {section.chip}" if section.chip else "")
        gpiod = _library(key)
        try:
            chip, self._offset = _find(gpiod, section)
            settings = gpiod.LineSettings(
                direction=gpiod.line.Direction.INPUT,
                edge_detection=gpiod.line.Edge.BOTH,
                # Not every chip can: a Jetson's ignores it, and needs a resistor.
                bias=gpiod.line.Bias.PULL_UP if section.pull_up else gpiod.line.Bias.PULL_DOWN,
                active_low=section.pull_up,
            )
            self._request: Any = gpiod.request_lines(
                str(chip), {self._offset: settings}, consumer="earsight", event_buffer_size=_BUFFER
            )
        except (OSError, ValueError, _NoSuchLineError) as error:
            raise self._error(error) from error
        self._rising = gpiod.EdgeEvent.Type.RISING_EDGE
        self._loop: asyncio.AbstractEventLoop | None = None
        _log.info("%s: %s, line %d of %s", key, self.name, self._offset, chip)

    def watch(self, moved: Moved, lost: Lost, /) -> None:
        """See Line."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._request.fd, self._read, moved, lost)

    def is_down(self) -> bool:
        """See Line."""
        try:
            return bool(self._request.get_value(self._offset))
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """See Line."""
        self._stop_reading()
        with suppress(OSError):
            self._request.release()

    def _read(self, moved: Moved, lost: Lost) -> None:
        try:
            for event in self._request.read_edge_events():
                moved(event.timestamp_ns / 1e9, event.event_type is self._rising)
            # The kernel drops the oldest edges when there are too many: what counts is how it is now.
            moved(time.monotonic(), bool(self._request.get_value(self._offset)))
        except OSError as error:  # the chip was unplugged, or its driver unloaded
            self._stop_reading()
            lost(self._error(error))

    def _stop_reading(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._request.fd)
            self._loop = None

    def _error(self, error: Exception) -> TriggerError:
        return TriggerError(f"{self._key}: {self.name} can't be used: {_advice(error)}")


def _library(key: str) -> Any:
    try:
        import gpiod
    except ImportError:
        what = "the package gpiod is missing"
    else:
        if hasattr(gpiod, "request_lines"):
            return gpiod
        what = "the package gpiod here is version 1"  # that of Debian 12 and Ubuntu, by apt
    raise TriggerError(f"{key}.driver: {what}: install version 2 with `pip install 'gpiod>=2.2'`")


def _find(gpiod: Any, section: GpiodButton) -> tuple[Path, int]:
    """The chip, and the number of the line on it."""
    chips = all_chips() if section.chip is None else [_find_chip(section.chip)]
    if isinstance(section.line, int):  # the settings name its chip
        return chips[0], section.line
    found = _lines_called(section.line, gpiod, chips)
    if not found:
        raise _NoSuchLineError("there is no line of that name; `gpioinfo` (apt install gpiod) lists them")
    if len(found) > 1:
        owners = " and ".join(str(chip) for chip, _ in found)
        raise _NoSuchLineError(f"{owners} each have a line of that name: choose one with the key chip")
    return found[0]


def _lines_called(name: str, gpiod: Any, chips: list[Path]) -> list[tuple[Path, int]]:
    found = []
    forbidden = None
    for path in chips:
        try:
            with gpiod.Chip(str(path)) as chip:
                found.append((path, chip.line_offset_from_id(name)))
        except PermissionError as error:
            forbidden = error
        except OSError:  # it has no such line, or is just going
            continue
    if forbidden and not found:
        raise forbidden
    return found


def _find_chip(wanted: str) -> Path:
    """wanted: a device file, a name such as gpiochip0, or a label."""
    if wanted.startswith("/"):
        return Path(wanted)
    if re.fullmatch(r"gpiochip\d+", wanted):
        return Path("/dev", wanted)
    labels: dict[Path, str] = {}
    forbidden = None
    for path in all_chips():
        try:
            labels[path] = label(path)
        except PermissionError as error:
            forbidden = error
        except OSError:
            continue
    found = [path for path, its in labels.items() if its == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise _NoSuchLineError(
            f"{' and '.join(map(str, found))} have that label: give the device file of one instead"
        )
    if forbidden:
        raise forbidden
    there = ", ".join(f"{its} ({path.name})" for path, its in labels.items()) or "none at all"
    raise _NoSuchLineError(f"there is no such chip; there are: {there}")


def _advice(error: Exception) -> str:
    """What is wrong with the line, and what to do about it, in one line."""
    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, _NoSuchLineError):
        return reason
    if isinstance(error, PermissionError):
        return f"{reason}: add the user to the group gpio (`sudo usermod -aG gpio $USER`) and log in again"
    if isinstance(error, ValueError):
        return "the chip has no such line; `gpioinfo` (apt install gpiod) lists them"
    number = getattr(error, "errno", None)
    if number == errno.EBUSY:
        return "another program or driver holds it: stop that one, or choose another line"
    if number == errno.EINVAL:
        return "the chip has no such line, or the line can't be an input: choose another line"
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return "the chip is not there (any more): plug it in, or load its driver"
    return f"{reason}; `gpioinfo` (apt install gpiod) tells what there is"
