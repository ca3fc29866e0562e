"""How much slower the emulated processor is than this machine's: the same fixed loop on both."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

from tests.hil.guest import Guest

_LOOP = """
import time
best = float("inf")
for _ in range(3):
    began, total = time.perf_counter(), 0
    for number in range(300_000):
        total += number * number
    best = min(best, time.perf_counter() - began)
print(best)
"""


def here() -> float:
    """Seconds, of the best of three."""
    done = subprocess.run([sys.executable, "-c", _LOOP], capture_output=True, text=True, check=True)
    return float(done.stdout)


def there(guest: Guest) -> float:
    return float(guest.run("python3", "-c", _LOOP).output)


def processor() -> str:
    """This machine's."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
