"""Twice as many photos as the server can describe, for long: it has to say so, and to stay as it is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server.figures import Figures, figures, slope
from benchmarks.server.load import Load, bear
from benchmarks.server.programs import Program

PATH = "/v1/describe"
TIMES = 2
"""As many photos as it can describe."""
LARGEST_GROWTH = 1.0
"""Megabytes of 2**20 bytes a minute."""
SLOWER = 2.0
"""Times as long as before, that an answer may take afterwards. A server that is still busy takes longer."""
_CAPACITY_SECONDS, _AFTER_SECONDS = 20.0, 10.0


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was found.

    Attributes:
        seconds: Of the load.
        capacity: Captions a second with eight clients, which send the next photo when the last is answered.
        arrivals: Photos a second that were answered, in whatever way.
        figures: Of the load.
        statuses: Answers by their status; 0: none came.
        peak_mb, growth: Memory at most, in megabytes of 2**20 bytes, and how many it grew by a minute.
        before, after: Median seconds of an answer for a single client, before and after the load.
    """

    seconds: float
    capacity: float
    arrivals: float
    figures: Figures
    statuses: dict[int, int]
    peak_mb: float
    growth: float
    before: float | None
    after: float | None

    @property
    def failures(self) -> list[str]:
        """What should not be."""
        found = []
        if self.figures.errors:
            found.append(f"{self.figures.errors} answers are neither a caption nor a 503 with Retry-After")
        if self.arrivals < 0.9 * TIMES * self.capacity:
            found.append(f"only {self.arrivals:.1f} photos a second were sent or answered")
        if self.growth > LARGEST_GROWTH:
            found.append(f"memory grew by {self.growth:.2f} MB a minute, allowed {LARGEST_GROWTH}")
        if (self.after or math.inf) > SLOWER * (self.before or 0.0):
            found.append("afterwards a single client waits longer than before")
        return found


def soak(program: Program, seconds: float, pictures: Path) -> Soaked:
    """Measure what a server can do, ask twice as much of it, and look at it afterwards.

    Args:
        program: The server.
        seconds: Of the load.
        pictures: Folder of JPEG files.

    Raises:
        LoadError: There was no load, or nothing was described.
    """
    program.warm_up(PATH, next(pictures.iterdir()))
    single = Load(PATH, _AFTER_SECONDS)
    before = figures(bear(program.url, single, pictures))
    capacity = figures(bear(program.url, Load(PATH, _CAPACITY_SECONDS, clients=8), pictures)).rate
    with program.memory() as memory:
        answers = bear(program.url, Load(PATH, seconds, rate=TIMES * capacity), pictures)
    after = figures(bear(program.url, single, pictures))
    return Soaked(
        seconds,
        capacity,
        len(answers) / seconds,
        figures(answers),
        dict(Counter(each.status for each in answers)),
        memory.peak,
        60 * slope(memory.samples),
        before.p50,
        after.p50,
    )


def report(found: Soaked) -> str:
    """All of it as a table."""
    of = found.figures
    rows = {
        "captions a second, eight clients": f"{found.capacity:.1f}",
        f"photos a second for {found.seconds:.0f} s": f"{found.arrivals:.1f}",
        "captions": f"{of.captioned:,}",
        "captions a second": f"{of.rate:.1f}",
        "p50, p95, p99 of a caption": _milliseconds(of.p50, of.p95, of.p99),
        "503 with Retry-After": f"{of.busy:.1%}",
        "anything else": str(of.errors),
        "answers by status": ", ".join(
            f"{count:,} x {status}" for status, count in sorted(found.statuses.items())
        ),
        "memory, at most": f"{found.peak_mb:,.0f} MB",
        "memory grew by, a minute": f"{found.growth:.2f} MB",
        "a single client's median before, after": _milliseconds(found.before, found.after),
    }
    return "\n".join(["| figure | measured |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items())])


def _milliseconds(*seconds: float | None) -> str:
    return ", ".join("none" if each is None else f"{1000 * each:,.0f} ms" for each in seconds)
