"""Runs in the simulated device and does what the tests ask of it, over a serial port: one JSON object a line.

Every call has a thread of its own, so that a press can happen while a command runs. Times are those of the
device's monotonic clock, on which the service's own are measured too. Only the standard library is there.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from fcntl import ioctl
from io import FileIO
from pathlib import Path
from typing import Any


def run(argv: list[str], stdin: str, timeout: float) -> dict[str, Any]:
    began = time.monotonic()
    done = subprocess.run(
        argv, input=stdin, capture_output=True, text=True, errors="replace", timeout=timeout
    )
    return {
        "status": done.returncode,
        "output": done.stdout,
        "complaint": done.stderr,
        "began": began,
        "ended": time.monotonic(),
    }


def read(path: str) -> str:
    return Path(path).read_text(errors="replace")


def write(path: str, text: str) -> float:
    """When it was written; one system call, as the files of the kernel's devices want it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        at = time.monotonic()
        os.write(handle, text.encode())
        return at
    finally:
        os.close(handle)


def pulses(path: str, steps: list[tuple[str, float]]) -> list[float]:
    """Write each text and wait so many seconds after it; when each was written, and the end."""
    times = []
    handle = os.open(path, os.O_WRONLY)
    try:
        for text, seconds in steps:
            times.append(time.monotonic())
            os.pwrite(handle, text.encode(), 0)
            time.sleep(seconds)
    finally:
        os.close(handle)
    return [*times, time.monotonic()]


def now() -> float:
    return time.monotonic()


# Input devices, through /dev/uinput: one is there for as long as this process holds its file open.

_SET_EVENT, _SET_KEY, _SETUP, _CREATE = 0x40045564, 0x40045565, 0x405C5503, 0x5501
_KEY, _REPORT = 1, 0
_EVENT = struct.Struct("llHHi")
_devices: dict[str, int] = {}


def plug_in(name: str, keys: list[int], bus: int) -> float:
    """An input device with these keys appears; when."""
    handle = os.open("/dev/uinput", os.O_WRONLY)
    ioctl(handle, _SET_EVENT, _KEY)
    for key in keys:
        ioctl(handle, _SET_KEY, key)
    ioctl(handle, _SETUP, struct.pack("HHHH80sI", bus, 1, 1, 1, name.encode(), 0))
    ioctl(handle, _CREATE)
    _devices[name] = handle
    return time.monotonic()


def plug_out(name: str) -> float:
    """It disappears; when."""
    at = time.monotonic()
    os.close(_devices.pop(name))
    return at


def keys(name: str, steps: list[tuple[int, int, float]]) -> list[float]:
    """Move each key (1 is down, 0 is up) and wait so many seconds after it; when each was, and the end."""
    times = []
    for key, value, seconds in steps:
        times.append(time.monotonic())
        os.write(_devices[name], _EVENT.pack(0, 0, _KEY, key, value) + _EVENT.pack(0, 0, _REPORT, 0, 0))
        time.sleep(seconds)
    return [*times, time.monotonic()]


CALLS = {call.__name__: call for call in (run, read, write, pulses, now, plug_in, plug_out, keys)}


def serve(port: FileIO) -> None:
    answering = threading.Lock()

    def answer(request: dict[str, Any]) -> None:
        try:
            reply = {"result": CALLS[request["call"]](**request["arguments"])}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        line = memoryview(json.dumps({"id": request["id"], **reply}).encode() + b"\n")
        with answering:
            while line:  # the port takes so much at a time
                line = line[port.write(line) :]

    while line := port.readline():
        threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()


if __name__ == "__main__":
    while True:  # the port appears some time after the start, and ends each time the tests hang up
        with suppress(FileNotFoundError), Path(sys.argv[1]).open("r+b", buffering=0) as opened:
            serve(opened)
        time.sleep(0.1)
