"""What Earsight takes on this machine: a description of a photo, and a press until its sounds.

Prints a Markdown table with the limits that the project sets itself; the exit status is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import press
from benchmarks.machine import processor
from earsight.bench.measurement import BenchSettings, measure

LIMITS = {
    "total_ms": 80.0,
    "resident_mb": 200.0,
    "earcon_worst_ms": 50.0,
    "speech_worst_ms": 400.0,
    "interrupt_worst_ms": 100.0,
}
"""By figure: milliseconds, or megabytes."""


def described(photo: Path, bundle: str) -> dict[str, float]:
    """Measure descriptions as `earsight bench` does.

    Args:
        photo: The file.
        bundle: "builtin" or a folder.

    Returns:
        Medians in milliseconds, the 95th percentile, and the peak of the resident memory in megabytes.
    """
    found = measure(BenchSettings(bundle, str(photo), captions=50))
    stages = found["stages_ms"]
    names = ("preprocess", "encode", "place", "detect", "decode", "total")
    medians = {f"{name}_ms": stages[name]["median"] for name in names if name in stages}
    return {**medians, "total_p95_ms": stages["total"]["p95"], "resident_mb": found["resident_mb"]["peak"]}


def main() -> int:
    """Print the table.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path, nargs="?", help="default: a demo photo")
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    arguments = parser.parse_args()
    photo = arguments.photo
    if photo is None:
        from earsight.cameras.replay import demo_photos

        photo = demo_photos()[0]
    figures = described(photo, arguments.bundle)
    with tempfile.TemporaryDirectory() as folder:
        figures |= asyncio.run(press.measure(photo, Path(folder), 20))
    missed = [name for name, limit in LIMITS.items() if figures[name] > limit]
    if arguments.json:
        print(json.dumps({"machine": processor(), **figures}))
    else:
        print(f"{processor()}\n\n| figure | measured | limit |\n|---|---|---|")
        for name, value in figures.items():
            print(f"| {name} | {value:.1f} | {LIMITS.get(name, '')} |")
    for name in missed:
        print(f"missed: {name} is {figures[name]:.1f}, the limit {LIMITS[name]:.0f}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
