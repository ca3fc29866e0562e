"""A thousand presses at random times, while camera and voices fail at random and the settings change."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from earsight.actions import ACTIONS
from earsight.cameras.source import CameraError
from earsight.config.last_good import LastGoodSettings
from earsight.config.loader import load_config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.lifecycle import State
from earsight.service.service import Options, Service
from earsight.system import time_limits
from earsight.triggers.trigger import ButtonDown, Gesture, Press
from earsight.voice.sound import VoiceError
from earsight.voice.voice import Voice
from tests.earsight.fakes import Fault, SoundCard, ToneSynthesizer

PRESSES = 1000
SEED = int(os.environ.get("EARSIGHT_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
GESTURES = (Gesture.SHORT, Gesture.SHORT, Gesture.SHORT, Gesture.DOUBLE, Gesture.LONG, Gesture.VERY_LONG)

SETTINGS = """\
triggers: {keyboard: false, control_socket: c.sock}
camera: {max_age: 0.3}
"""
CHANGES = (
    "narration: {every: 1}",
    "narration: {every: 1, novelty: 0.1}",
    "wording: {style: careful}",
    "quality: {enabled: false}",
    "gestures: {long_press: 0.6}",
    "language: id",
    "voice: {volume: 0.5}",
    "voice: {rate: 250, volume: 0.25}",
    "voice: {engine: pyttsx3}",
    "captioner: {beams: 1}",  # not without a restart
    "bindings: {button: {double: louder}}",
)
MISTAKES = ("voice: {rate: fast}", "voice: [", "colour: red", "gestures: {long_press: 0.3}")
LOST = ("", "\0" * 100)


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


def endless(rng: random.Random, fails: float, hangs: float) -> Iterator[Fault]:
    while True:
        chance = rng.random()
        yield Fault.HANGS if chance < hangs else Fault.FAILS if chance < hangs + fails else Fault.NONE


class Voices:
    """Makes voices on one sound card. A new one may not be had, not be heard, or fail now and then."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.card = SoundCard()
        self.engines: list[ToneSynthesizer] = []

    def voice(self, _section: object, _language: str) -> Voice:
        chance = self._rng.random() if self.engines else 1.0  # the first one is needed
        if chance < 0.1:
            raise VoiceError("injected: no such voice")
        if chance < 0.15:
            raise PermissionError(13, "injected: unforeseen")
        fails = 1.0 if chance < 0.25 else 0.05
        self.engines.append(ToneSynthesizer(endless(self._rng, fails, 0.01)))
        player = self.card.player(endless(self._rng, 0.05, 0.01))
        return Voice(self.engines[-1], player, synthesis_limit=0.2, playback_limit=0.2, replay_for=0.5)


def change(rng: random.Random, file: Path) -> None:
    """Valid settings more often than others, now and then with a signal, too."""
    kind = rng.choice((CHANGES, CHANGES, MISTAKES, LOST))
    text = rng.choice(kind)
    file.write_text(text if kind is LOST else f"{SETTINGS}{text}\n")
    if rng.random() < 0.2:
        os.kill(os.getpid(), signal.SIGHUP)


async def change_for_ever(rng: random.Random, file: Path) -> None:
    while True:
        await asyncio.sleep(rng.uniform(0.1, 1.5))
        change(rng, file)


async def trial(rng: random.Random, service: Service, file: Path) -> Counter[PressEnd]:
    """All presses, and how they ended."""
    running = asyncio.create_task(service.run())
    await asyncio.sleep(1.0)
    changing = asyncio.create_task(change_for_ever(rng, file))
    ends = []
    for _ in range(PRESSES):
        at = time.monotonic()
        if rng.random() < 0.1:
            ends.append(service.do(rng.choice(list(ACTIONS))))
        else:
            if rng.random() < 0.5:
                service.press(ButtonDown(at))
                await asyncio.sleep(rng.random() * 0.02)
            ends.append(service.press(Press(rng.choice(GESTURES), at)))
        await asyncio.sleep(rng.choice((0.0, 0.001, 0.01, 0.03, 0.06, 0.15)))
    changing.cancel()
    assert not running.done(), running
    # No deadlock: whatever was asked for comes to an end.
    async with asyncio.timeout(20):
        counted = Counter(await asyncio.gather(*(end for end in ends if end is not None)))
    assert len(ends) - ends.count(None) == PRESSES, "each means something"
    service.stop()
    async with asyncio.timeout(10):
        await running
    left = asyncio.all_tasks() - {asyncio.current_task(), changing}
    assert not left, left
    return counted


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_thousand_presses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    print(f"seed {SEED} (EARSIGHT_SEED={SEED} repeats it)")
    monkeypatch.setattr(time_limits, "CONFIG_POLL", 0.05)
    caplog.set_level("INFO", "earsight.service.reload")
    rng = random.Random(SEED)
    file, voices = tmp_path / "earsight.yaml", Voices(rng)
    file.write_text(SETTINGS + CHANGES[0])
    before, processes = set(threading.enumerate()), children()

    async def run() -> Counter[PressEnd]:
        build = Builders(lambda _: FlakyCamera(rng), voices.voice)
        last_good = LastGoodSettings(file, tmp_path / "state")
        service = Service(load_config(file), Options(file, last_good=last_good, build=build))
        ends = await trial(rng, service, file)
        assert service.state is State.STOPPING
        assert last_good.load() is not None
        return ends

    ends = asyncio.run(run(), debug=False)
    taken, refused = caplog.text.count("new settings: "), caplog.text.count("the new settings were refused")
    print(ends, f"{taken=} {refused=} voices={len(voices.engines)}")
    assert sum(ends.values()) == PRESSES
    assert set(ends) <= set(PressEnd)
    # The faults really happened, and did not stop the rest.
    assert ends[PressEnd.SPOKEN] > 10  # on a loaded machine most are superseded
    assert ends[PressEnd.ERROR_SPOKEN] > 0
    assert ends[PressEnd.SUPERSEDED] > 0
    assert taken > 2
    assert refused > 2
    assert voices.card.most == 1, "two sounds at once"
    assert len(voices.engines) > 2
    assert all(part.closed for part in (*voices.engines, *voices.card.players))
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not set(threading.enumerate()) - before
    assert children() == processes
    assert not (tmp_path / "c.sock").exists()
