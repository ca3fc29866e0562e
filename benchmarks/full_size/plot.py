"""The comparison as a picture: seconds a caption, and memory. It can be read without colour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.full_size.comparison import Measured, ratios
from benchmarks.full_size.systems import FLOAT32, INT8, SYSTEMS

TITLE = "One caption on the same machine, at full size"
_OURS = (FLOAT32, INT8)
_BLUE = "#5b9bd5"


def alternative_text(measured: Sequence[Measured]) -> str:
    """Describe the plot in words."""
    rows = "; ".join(
        f"{SYSTEMS[row.system].title}: {_seconds(row.total)}, {row.resident_mb:.0f} MB" for row in measured
    )
    return f"Seconds a caption and resident memory. {rows}."


def write_plot(path: Path, measured: Sequence[Measured], machine: str) -> None:
    """Draw the plot.

    Args:
        path: A .svg or .png file.
        measured: The systems, from top to bottom.
        machine: In a line, for below the plot.
    """
    names = [SYSTEMS[row.system].title for row in measured]
    mpl.rcParams["svg.hashsalt"] = "earsight"  # the same figures make the same file
    figure, (time, memory) = plt.subplots(
        1, 2, sharey=True, figsize=(11, 1.2 + 0.5 * len(names)), width_ratios=(3, 2), layout="constrained"
    )
    _draw_times(time, measured)
    _draw_memory(memory, measured)
    for axes in (time, memory):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", color="#dddddd", zorder=0)
    time.set_yticks(range(len(names)), names)
    time.invert_yaxis()
    figure.suptitle(f"{TITLE} (Earsight: squares, hatched)")
    figure.supxlabel(machine, fontsize=7)
    metadata: dict[str, str | None] = {"Title": TITLE, "Description": alternative_text(measured)}
    if path.suffix == ".svg":
        metadata["Date"] = None
    figure.savefig(path, metadata=metadata, dpi=150)
    plt.close(figure)


def _draw_times(axes: Axes, measured: Sequence[Measured]) -> None:
    """Points, since bars on a logarithmic axis would have no length that means anything; a line from the
    fastest to the slowest round."""
    found = ratios(list(measured))
    for place, row in enumerate(measured):
        ours = row.system in _OURS
        totals = [seconds["total"] for seconds in row.seconds]
        axes.plot([min(totals), max(totals)], [place, place], color="black", linewidth=1, zorder=2)
        style: dict[str, Any] = {"marker": "s" if ours else "o", "color": "black", "zorder": 3}
        axes.plot(row.total, place, markersize=8, markerfacecolor=_BLUE if ours else "white", **style)
        times = f"  ({found[row.system]:.1f} times as fast)" if found.get(row.system, 1.0) != 1.0 else ""
        label = _seconds(row.total) + times
        axes.text(1.12 * max(totals), place, label, verticalalignment="center", fontsize=9)
    axes.set_xscale("log")
    axes.set_xlim(0.7 * min(row.total for row in measured), 25 * max(row.total for row in measured))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("seconds a caption, logarithmic")


def _draw_memory(axes: Axes, measured: Sequence[Measured]) -> None:
    values = [row.resident_mb for row in measured]
    bars = axes.barh(range(len(values)), values, color="#e0e0e0", edgecolor="black", zorder=2)
    for bar, row in zip(bars, measured, strict=True):
        if row.system in _OURS:
            bar.set(facecolor=_BLUE, hatch="//")
    axes.bar_label(bars, [f"{value:,.0f} MB" for value in values], padding=4, fontsize=9)
    axes.set_xlim(right=1.3 * max(values))
    axes.set_xlabel("resident memory of the process, MB")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 2 else f"{seconds:.2f} s"
