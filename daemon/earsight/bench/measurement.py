"""A bundle measured in a process of its own, so that what is resident there is the bundle's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from earsight.errors import EarsightError


class BenchError(EarsightError):
    """A bundle that can't be measured."""


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """What to measure.

    Attributes:
        bundle: "builtin", or a folder.
        photo: A file.
        captions: How many to make.
        threads: Of the processor; 0 takes what ONNX Runtime finds.
        beams: Captions weighed side by side; None is what the bundle says.
        tokens: Of every caption, none of which then ends before; None: as many as each takes.
    """

    bundle: str
    photo: str
    captions: int = 100
    threads: int = 0
    beams: int | None = None
    tokens: int | None = None


def measure(settings: BenchSettings) -> dict[str, Any]:
    """Measure a bundle. Takes seconds, or minutes for a large model.

    Returns:
        See earsight.bench.child.figures().

    Raises:
        BenchError: What was wrong there, or how the process died.
    """
    words = json.dumps(asdict(settings)), repr(time.monotonic()), str(os.getpid())
    argv = [sys.executable, "-m", "earsight.bench.child", *words]
    child = subprocess.run(argv, stdout=subprocess.PIPE, check=False)
    if child.returncode < 0:
        raise BenchError(f"{settings.bundle}: measuring it was ended by {_name(-child.returncode)}")
    try:
        answer: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        raise BenchError(f"{settings.bundle}: measuring it failed with status {child.returncode}") from None
    if "error" in answer:
        raise BenchError(answer["error"])
    return answer


def _name(number: int) -> str:
    """Of a signal."""
    if number == signal.SIGKILL:
        return "SIGKILL: the memory may not have sufficed"
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
