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
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from earsight.config.schema import Config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.earcons import Earcon
from earsight.voice.speaker import SPEECH


class PressedService:
    """The running service, with what sounds after each press."""

    def __init__(self, photo: Path, folder: Path) -> None:
        """Set the service up.

        Args:
            photo: What the camera shows.
            folder: For the socket and the sound.
        """
        config = Config.model_validate(
            {
                "camera": {"source": "replay", "replay": str(photo)},
                "triggers": {"keyboard": False, "control_socket": str(folder / "control.sock")},
                "voice": {"engine": "espeak", "player": "wav", "wav_file": str(folder / "bench.wav")},
            }
        )
        self.sounds: list[tuple[str, float]] = []
        self.speaking = asyncio.Event()
        self._ready = asyncio.Event()
        self._service = Service(config, Options(build=Builders(on_sound=self._heard)))

    def _heard(self, kind: str, _: str | None, at: float) -> None:
        self.sounds.append((kind, at))
        self._ready.set()  # by the earcon that says so
        if kind == SPEECH:
            self.speaking.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the service for the length of the block, which begins a second after it is ready."""
        running = asyncio.create_task(self._service.run())
        await self._ready.wait()
        await asyncio.sleep(1.0)
        yield
        self._service.stop()
        await running

    def press(self) -> tuple[float, asyncio.Future[PressEnd]]:
        """Press, and forget what has sounded before.

        Returns:
            When it was pressed, in seconds on time.monotonic(), and how it ends.
        """
        self.sounds.clear()
        pressed = time.monotonic()
        end = self._service.press(Press(Gesture.SHORT, pressed))
        assert end is not None
        return pressed, end


async def answers(service: PressedService, presses: int) -> dict[str, list[float]]:
    """Measure presses that are answered. The first one is left out.

    Args:
        service: Running.
        presses: How many are measured.

    Returns:
        Milliseconds from the press to each kind of sound.
    """
    delays: dict[str, list[float]] = {Earcon.LOOK: [], SPEECH: []}
    for number in range(presses + 1):
        pressed, end = service.press()
        await end
        for kind, at in service.sounds:
            if number:
                delays[kind].append(1000 * (at - pressed))
        await asyncio.sleep(0.2)
    return {"earcon": delays[Earcon.LOOK], "speech": delays[SPEECH]}


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
    service = PressedService(photo, folder)
    async with service.running():
        delays = await answers(service, presses)
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
