"""A thousand presses at random times, with a camera and a voice that fail at random."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np

from earsight.cameras.source import CameraError
from earsight.config.schema import Config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.triggers.trigger import ButtonDown, Gesture, Press
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer

PRESSES = 1000
SEED = int(os.environ.get("EARSIGHT_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)


class FlakyCamera:
    """Noise at 30 pictures a second; opening and reading fail now and then, and some reads take long."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._noise = np.random.default_rng(rng.random().as_integer_ratio()[0] % 2**32)

    def open(self) -> None:
        if self._rng.random() < 0.3:
            raise CameraError("injected: can't be opened")

    def read(self) -> np.ndarray:
        time.sleep(0.03)
        chance = self._rng.random()
        if chance < 0.01:
            raise CameraError("injected: unplugged")
        if chance < 0.02:
            time.sleep(0.4)
        return self._noise.integers(0, 256, (120, 160, 3), np.uint8)

    def close(self) -> None:
        pass


def endless(rng: random.Random, fails: float, hangs: float):
    while True:
        chance = rng.random()
        yield Fault.HANGS if chance < hangs else Fault.FAILS if chance < hangs + fails else Fault.NONE


async def trial(rng: random.Random, config: Config) -> tuple[Counter[PressEnd], int]:
    """All presses; how they ended, and how many there were to end."""

    def voice(_section: object, _language: str) -> Voice:
        return Voice(
            ToneSynthesizer(endless(rng, 0.05, 0.01)),
            FastPlayer(endless(rng, 0.05, 0.01)),
            synthesis_limit=0.2,
            playback_limit=0.2,
        )

    service = Service(config, Options(build=Builders(lambda _: FlakyCamera(rng), voice)))
    running = asyncio.create_task(service.run())
    await asyncio.sleep(1.0)
    ends = []
    for _ in range(PRESSES):
        at = time.monotonic()
        gesture = rng.choice((Gesture.SHORT, Gesture.SHORT, Gesture.SHORT, Gesture.DOUBLE, Gesture.LONG))
        if rng.random() < 0.5:
            service.press(ButtonDown(at))
            await asyncio.sleep(rng.random() * 0.02)
        ends.append(service.press(Press(gesture, at)))
        await asyncio.sleep(rng.choice((0.0, 0.001, 0.01, 0.03, 0.06, 0.15)))
    assert not running.done(), running
    # No deadlock: whatever was asked for comes to an end.
    async with asyncio.timeout(20):
        counted = Counter(await asyncio.gather(*(end for end in ends if end is not None)))
    service.stop()
    async with asyncio.timeout(10):
        await running
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return counted, len(ends) - ends.count(None)


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_thousand_presses(tmp_path: Path) -> None:
    print(f"seed {SEED} (EARSIGHT_SEED={SEED} repeats it)")
    rng = random.Random(SEED)
    config = Config.model_validate(
        {
            "triggers": {"keyboard": False, "control_socket": str(tmp_path / "c.sock")},
            "narration": {"every": 1.0},
            "camera": {"max_age": 0.3},
        }
    )
    before, processes = set(threading.enumerate()), children()
    ends, presses = asyncio.run(trial(rng, config), debug=False)
    print(ends)
    assert presses == PRESSES
    assert sum(ends.values()) == PRESSES
    assert set(ends) <= set(PressEnd)
    # The faults really happened, and did not stop the rest.
    assert ends[PressEnd.SPOKEN] > 10  # on a loaded machine most are superseded
    assert ends[PressEnd.ERROR_SPOKEN] > 0
    assert ends[PressEnd.SUPERSEDED] > 0
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not set(threading.enumerate()) - before
    assert children() == processes
    assert not (tmp_path / "c.sock").exists()
