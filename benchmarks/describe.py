"""How long `earsight describe` takes a photo, and how much memory its whole process holds.

Runs the real command as a child, with one photo many times over, and reads its own timings.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

WARM_UP = 10


def measure(photo: Path, bundle: str, count: int) -> dict[str, float]:
    """Medians in milliseconds over count photos after warm-up, the 95th percentile, and megabytes."""
    command = [sys.executable, "-m", "earsight", "describe", "--json", "--bundle", bundle]
    child = subprocess.Popen([*command, *[str(photo)] * (WARM_UP + count)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    rows = [json.loads(line)["timings_ms"] for line in child.stdout]
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"earsight describe ended with status {os.waitstatus_to_exitcode(status)}")
    rows = rows[WARM_UP:]
    result = {f"{name}_ms": statistics.median(row[name] for row in rows) for name in rows[0]}
    result["total_p95_ms"] = statistics.quantiles([row["total"] for row in rows], n=20)[-1]
    result["resident_mb"] = usage.ru_maxrss / 1024
    return {name: round(value, 1) for name, value in result.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--count", type=int, default=50)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.photo, arguments.bundle, arguments.count)))


if __name__ == "__main__":
    main()
