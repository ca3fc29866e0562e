"""The measured loads as a table."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.server.figures import Figures
from benchmarks.server.load import Load


@dataclass(frozen=True, slots=True)
class Measured:
    """One load on one server.

    Attributes:
        server: Which.
        load: What it had to bear.
        figures: How it did.
        peak_mb: Its memory at most, in megabytes of 2**20 bytes.
    """

    server: str
    load: Load
    figures: Figures
    peak_mb: float


def markdown(rows: list[Measured]) -> str:
    """A table of them."""
    lines = [
        "| server | address | clients | captions a second | p50 | p95 | p99 | 503 | errors | memory, peak |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        found = row.figures
        times = " | ".join(_milliseconds(each) for each in (found.p50, found.p95, found.p99))
        lines.append(
            f"| {row.server} | `{row.load.path}` | {row.load.clients} | {_rate(found)} | {times} | "
            f"{found.busy:.0%} | {found.errors} | {row.peak_mb:,.0f} MB |"
        )
    return "\n".join(lines)


def _rate(found: Figures) -> str:
    if not found.captioned:
        return "none in time"
    return f"{found.rate:.1f}" if found.rate >= 1 else f"{found.rate:.3f}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:,.0f} ms"


def best_rate(rows: list[Measured], server: str) -> float:
    """Captions a second with the number of clients that suits a server best.

    Args:
        rows: All that was measured.
        server: Which.
    """
    return max(row.figures.rate for row in rows if row.server == server)
