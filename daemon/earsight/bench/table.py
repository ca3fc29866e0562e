"""The figures of bundles as text: one line for each figure, its name first, then a column for each bundle.

Aligned for the eye, and in an order that a screen reader can read line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from earsight.bench.stages import STAGES

_LOAD = {
    "check": "load: hashes of the files",
    "graphs": "load: graphs",
    "warm_up": "load: warm-up",
    "total": "load, total",
    "ready": "start of the process to ready",
}
_MEMORY = {
    "loaded": "resident memory when loaded",
    "captioned": "resident memory after the captions",
    "peak": "resident memory, peak",
}
_RATES = {
    "float32_gflops": ("this machine: float32 products", "GFLOP/s"),
    "int8_gops": ("this machine: int8 products", "GOP/s"),
    "memory_gb_s": ("this machine: reading memory", "GB/s"),
}


def heading(report: dict[str, Any]) -> str:
    machine = report["machine"]
    threads = report["threads"] or "one a core"
    return (
        f"{machine['processor']} ({machine['architecture']}), {machine['cores']} cores, "
        f"{machine['memory_gb']} GB, ONNX Runtime {machine['onnxruntime']}\n"
        f"captions: {report['captions']} of {report['photo']}; threads: {threads}"
    )


def table(bundles: list[dict[str, Any]]) -> str:
    """Make the table of what measurement.measure() returned for each bundle."""
    rows = [("bundle", "", [str(of["bundle"]) for of in bundles])]
    rows += [(label, unit, [_value(of, keys) for of in bundles]) for label, unit, keys in _figures()]
    labels = max(len(f"{label}, {unit}") for label, unit, _ in rows)
    widths = [max(len(row[2][column]) for row in rows) for column in range(len(bundles))]
    return "\n".join(
        "  ".join(
            [
                (f"{label}, {unit}" if unit else label).ljust(labels),
                *(value.rjust(width) for value, width in zip(values, widths, strict=True)),
            ]
        )
        for label, unit, values in rows
    )


def _figures() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Label, unit, and where the figure is in what was measured of a bundle."""
    yield "encoder", "", ("encoder",)
    yield "beams", "", ("beams",)
    yield "tokens of a caption", "mean", ("tokens",)
    for name, label in _LOAD.items():
        yield label, "ms", ("load_ms", name)
    for stage in STAGES:
        for quantile in ("median", "p95", "p99"):
            yield f"{stage}, {quantile}", "ms", ("stages_ms", stage, quantile)
    for name, label in _MEMORY.items():
        yield label, "MB", ("resident_mb", name)
    for name, (label, unit) in _RATES.items():
        yield label, unit, ("roofline", name)
    for stage in ("encode", "detect", "prefill", "step", "decode"):
        yield f"{stage}, roofline", "ms", ("roofline", "stages", stage, "ms")
        yield f"{stage}, median times the roofline", "", ("roofline", "stages", stage, "ratio")


def _value(figures: Any, keys: tuple[str, ...]) -> str:
    """ "-" for what could not be measured."""
    for key in keys:
        figures = figures.get(key) if isinstance(figures, dict) else None
    if isinstance(figures, float):
        return f"{figures:.2f}" if figures < 10 else f"{figures:.1f}"
    return "-" if figures is None else str(figures)
