"""How many pictures a second the camera gives."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TypedDict

from earsight.cameras.source import FrameSource


class FrameRate(TypedDict):
    """Pictures per second, the longest pause between two in milliseconds, and the pictures' size."""

    per_second: float
    longest_pause_ms: float
    width: int
    height: int


def frame_rate(source: FrameSource, seconds: float = 10.0, settling: int = 5) -> FrameRate:
    """Read a source as fast as it gives pictures.

    Args:
        source: Closed; it is closed again.
        seconds: For how long.
        settling: Pictures that are left out: the first ones of many cameras come late.

    Raises:
        CameraError: The source fails.
    """
    source.open()
    try:
        for _ in range(settling):
            picture = source.read()
        times = [time.monotonic()]
        while times[-1] - times[0] < seconds:
            picture = source.read()
            times.append(time.monotonic())
    finally:
        source.close()
    pauses = [after - before for before, after in pairwise(times)]
    return {
        "per_second": round(len(pauses) / (times[-1] - times[0]), 2),
        "longest_pause_ms": round(1000 * max(pauses), 1),
        "width": picture.shape[1],
        "height": picture.shape[0],
    }
