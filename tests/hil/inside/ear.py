"""Runs in the simulated device and records all that its loopback card plays, for as long as it is on.

FOLDER/sound.raw: 16 bit, one channel. FOLDER/clock: lines of "samples so far, when they had come", by which
each sample has a time on the device's monotonic clock.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

CHUNK_SECONDS = 0.1


def record(device: str, rate: int, folder: Path) -> None:
    chunk = round(rate * CHUNK_SECONDS)
    command = f"arecord -q -D {device} -t raw -f S16_LE -c 1 -r {rate}"
    command += f" --period-size={chunk} --buffer-size={chunk * 20}"
    samples = 0
    with (
        subprocess.Popen(command.split(), stdout=subprocess.PIPE) as recorder,
        (folder / "sound.raw").open("ab", buffering=0) as sound,
        (folder / "clock").open("a", buffering=1) as clock,
    ):
        assert recorder.stdout is not None
        while data := recorder.stdout.read(chunk * 2):
            samples += len(data) // 2
            clock.write(f"{samples} {time.monotonic():.6f}\n")
            sound.write(data)


if __name__ == "__main__":
    record(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
