"""What reading takes: memory, in a process that does nothing else, and time from a press to the first word.

python -m benchmarks.reading_costs PICTURE...     prints the memory in megabytes, as JSON
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks import press
from earsight.bench.machine import most_resident, resident
from earsight.bench.pressed import PressedService, answered
from earsight.cameras.photos import load_photo
from earsight.readers.rapidocr import RapidReader

_PRESSES = 5
_STILL = (1296, 2304)
"""Rows and columns of the largest picture that a camera is asked for."""


def tell(pictures: Sequence[np.ndarray], threads: int) -> None:
    """Measure, and print.

    Args:
        pictures: uint8 (height, width, 3), RGB, with text.
        threads: Of the processor; 0 takes what ONNX Runtime finds.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number}.png" for number in range(len(pictures))]
        for path, pixels in zip(paths, pictures, strict=True):
            Image.fromarray(pixels).save(path)
        Image.new("RGB", _STILL[::-1], "gray").save(blank := folder / "blank.png")
        for what, read in (("these pictures", paths), ("a still without text", [blank])):
            words = [sys.executable, "-m", "benchmarks.reading_costs", str(threads), *map(str, read)]
            ended = subprocess.run(words, check=True, capture_output=True, text=True)
            most, loaded = json.loads(ended.stdout)
            print(f"Memory, {what}: {most:.0f} MB more at most, {loaded:.0f} MB while it is loaded.")
        seconds = asyncio.run(_first_words(paths[0], folder))
        print(
            f"From a press to the first word of the first of them: {median(seconds):.2f} s (median), "
            f"{max(seconds):.2f} s at worst, of {len(seconds)} presses."
        )


async def _first_words(photo: Path, folder: Path) -> list[float]:
    """Seconds from each press until its text sounds; before them, the reader was loaded."""
    service = PressedService(press.settings(photo, folder, "read"))
    async with service.running():
        return (await answered(service, _PRESSES)).words


def _memory(threads: int, paths: Sequence[Path]) -> tuple[float, float]:
    """Megabytes more than before: at most, and at the end."""
    pictures = [load_photo(path) for path in paths]
    before = resident()
    reader = RapidReader(threads)
    for pixels in pictures:
        reader.read(pixels)
    return most_resident() - before, resident() - before


if __name__ == "__main__":
    print(json.dumps(_memory(int(sys.argv[1]), [Path(word) for word in sys.argv[2:]])))
