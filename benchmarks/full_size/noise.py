"""How steady captions are while another process keeps a core busy at normal priority.

python -m benchmarks.full_size.noise PARENT     is that process, and ends with its parent
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from benchmarks.full_size.worker import Client, child_environment, end_with

WARM_UP = 10
"""Captions before any is timed."""
WANTED = 2.0
"""The 99th percentile is at most this times the median, under noise."""


@dataclass(frozen=True)
class Spread:
    """How much captions vary.

    Attributes:
        captions: How many were timed.
        p50: The median, in milliseconds.
        p95: The 95th percentile, in milliseconds.
        p99: The 99th percentile, in milliseconds.
        longest: In milliseconds.
    """

    captions: int
    p50: float
    p95: float
    p99: float
    longest: float

    @property
    def ratio(self) -> float:
        """The 99th percentile over the median."""
        return self.p99 / self.p50


def spreads(worker: Client, captions: int) -> dict[str, Spread]:
    """Time captions in quiet, then under noise.

    Args:
        worker: Captions.
        captions: How many to time, each time.

    Returns:
        By "quiet" and "noise", in this order.
    """
    for _ in range(WARM_UP):
        worker.ask("caption")
    quiet = _spread(worker, captions, "quiet")
    with noise():
        return {"quiet": quiet, "noise": _spread(worker, captions, "noise")}


def _spread(worker: Client, captions: int, name: str) -> Spread:
    asked = tqdm(range(captions), desc=name, unit="caption")
    taken = [1000 * worker.ask("caption")["seconds"]["total"] for _ in asked]
    p50, p95, p99 = (float(value) for value in np.percentile(taken, (50, 95, 99)))
    return Spread(captions, p50, p95, p99, max(taken))


@contextlib.contextmanager
def noise() -> Iterator[int]:
    """Let another process, whose number is yielded, compute without a pause for the length of the block."""
    command = [sys.executable, "-P", "-m", __name__, str(os.getpid())]
    child = subprocess.Popen(command, env=child_environment(1), stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        child.stdout.readline()  # now it is at it
        yield child.pid
    finally:
        child.kill()
        child.communicate()


def markdown(found: dict[str, Spread]) -> str:
    """Write the spreads as a table."""
    lines = ["| | captions | median | 95 % | 99 % | longest | 99 % / median |", "|---|" + "---:|" * 6]
    for name, spread in found.items():
        times = " | ".join(f"{v:.1f} ms" for v in (spread.p50, spread.p95, spread.p99, spread.longest))
        lines.append(f"| {name} | {spread.captions} | {times} | {spread.ratio:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Be the noise."""
    end_with(int(sys.argv[1]))
    print(flush=True)
    while True:
        pass


if __name__ == "__main__":
    main()
