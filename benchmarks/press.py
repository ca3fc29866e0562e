"""From the press to the earcon and to the first sound of speech, inside the running service.

The service runs whole, with the replay camera, espeak-ng and the WAV player in real time; the times are
those at which the player took the first sample.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path

from earsight.bench.pressed import PressedService, answered
from earsight.config.schema import Config


def settings(photo: Path, folder: Path, action: str = "describe") -> Config:
    """The settings of a service with the replay camera, espeak-ng and a WAV file.

    Args:
        photo: What the camera shows.
        folder: For the socket and the sound.
        action: Of a press.
    """
    return Config.model_validate(
        {
            "camera": {"source": "replay", "replay": str(photo)},
            "bindings": {"button": {"short": action}},
            "triggers": {"keyboard": False, "control_socket": str(folder / "control.sock")},
            "voice": {"engine": "espeak", "player": "wav", "wav_file": str(folder / "bench.wav")},
        }
    )


async def interruptions(service: PressedService, presses: int) -> list[float]:
    """Measure presses while it speaks.

    Args:
        service: Running.
        presses: How many are measured.

    Returns:
        Milliseconds from the press to the earcon, which can't begin before the speech has stopped.
    """
    delays = []
    for _ in range(presses):
        service.speaking.clear()
        service.press()
        await service.speaking.wait()
        await asyncio.sleep(0.3)
        # One sound at a time: the earcon of this press begins when the speech of the last has ended.
        pressed, end = service.press()
        await end
        delays.append(1000 * (service.sounds[0][1] - pressed))
    return delays


async def measure(photo: Path, folder: Path, presses: int) -> dict[str, float]:
    """Measure the times from press to sound.

    Args:
        photo: What the camera shows.
        folder: For the socket and the sound.
        presses: Of each kind.

    Returns:
        Milliseconds, median and worst.
    """
    service = PressedService(settings(photo, folder))
    async with service.running():
        found = await answered(service, presses)
        delays = {
            "earcon": [1000 * seconds for seconds in found.tone],
            "speech": [1000 * seconds for seconds in found.words],
        }
        delays["interrupt"] = await interruptions(service, presses)
    return {
        f"{name}_{statistic}_ms": round(value, 1)
        for name, times in delays.items()
        for statistic, value in (("median", statistics.median(times)), ("worst", max(times)))
    }


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--presses", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(arguments.photo, Path(folder), arguments.presses))))


if __name__ == "__main__":
    main()
