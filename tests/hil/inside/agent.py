"""Runs in the simulated device and does what the tests ask of it, over a serial port: one JSON object a line.

Every call has a thread of its own, so that a press can happen while a command runs. Times are those of the
device's monotonic clock, on which the service's own are measured too. Only the standard library is there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
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


CALLS = {call.__name__: call for call in (run, read, write, pulses, now)}


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
