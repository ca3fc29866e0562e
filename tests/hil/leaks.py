"""What a process holds: memory, descriptors, threads, children. It must not grow with the hours."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from tests.hil.guest import Guest

ALLOWED = {"memory": 2 * 1024, "descriptors": 0, "threads": 1, "children": 0}
"""By which the last quarter of a run may be above the second (the first is for warming up); memory in KiB."""

ENOUGH = 16
"""Of holdings, to tell growth from chance."""


@dataclass(frozen=True)
class Holding:
    """at: by the guest's clock. memory: resident, KiB."""

    at: float
    memory: int
    descriptors: int
    threads: int
    children: int


def holding(guest: Guest, process: int) -> Holding:
    folder = f"/proc/{process}"
    counts = guest.shell(
        f"sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' {folder}/status; ls {folder}/fd | wc -l; "
        f"ls {folder}/task | wc -l; cat {folder}/task/*/children | wc -w"
    ).output.split()
    return Holding(guest.now(), *(int(count) for count in counts))


def growth(holdings: list[Holding]) -> dict[str, float]:
    """The median of the last quarter less that of the second, of each."""
    quarter = len(holdings) // 4
    early, late = holdings[quarter : 2 * quarter], holdings[-quarter:]
    return {
        name: median(getattr(one, name) for one in late) - median(getattr(one, name) for one in early)
        for name in ALLOWED
    }
