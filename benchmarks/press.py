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
from pathlib import Path

from earsight.config.schema import Config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.earcons import Earcon
from earsight.voice.speaker import SPEECH


async def measure(photo: Path, folder: Path, presses: int) -> dict[str, float]:
    """Milliseconds from press to sound, median and worst; the first press is left out.

    interrupt: from a press while it speaks to the earcon, which can't begin before the speech has stopped.
    """
    sounds: list[tuple[str, float]] = []
    config = Config.model_validate(
        {
            "camera": {"source": "replay", "replay": str(photo)},
            "triggers": {"keyboard": False, "control_socket": str(folder / "control.sock")},
            "voice": {"engine": "espeak", "player": "wav", "wav_file": str(folder / "bench.wav")},
        }
    )
    ready, speaking = asyncio.Event(), asyncio.Event()

    def heard(kind: str, _: str | None, at: float) -> None:
        sounds.append((kind, at))
        ready.set()  # by the earcon that says so
        if kind == SPEECH:
            speaking.set()

    build = Builders(on_sound=heard)
    service = Service(config, Options(build=build))
    running = asyncio.create_task(service.run())
    await ready.wait()
    await asyncio.sleep(1.0)
    delays: dict[str, list[float]] = {Earcon.LOOK: [], SPEECH: [], "interrupt": []}

    def press() -> tuple[float, asyncio.Future[PressEnd]]:
        sounds.clear()
        pressed = time.monotonic()
        end = service.press(Press(Gesture.SHORT, pressed))
        assert end is not None
        return pressed, end

    for _ in range(presses + 1):
        pressed, end = press()
        await end
        for kind, at in sounds:
            delays[kind].append(1000 * (at - pressed))
        await asyncio.sleep(0.2)
    for _ in range(presses):
        speaking.clear()
        press()
        await speaking.wait()
        await asyncio.sleep(0.3)
        # One sound at a time: the earcon of this press begins when the speech of the last has ended.
        pressed, end = press()
        await end
        delays["interrupt"].append(1000 * (sounds[0][1] - pressed))
    service.stop()
    await running
    named = {
        "earcon": delays[Earcon.LOOK][1:],
        "speech": delays[SPEECH][1:],
        "interrupt": delays["interrupt"],
    }
    return {
        f"{name}_{measure}_ms": round(value, 1)
        for name, times in named.items()
        for measure, value in (("median", statistics.median(times)), ("worst", max(times)))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--presses", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(arguments.photo, Path(folder), arguments.presses))))


if __name__ == "__main__":
    main()
