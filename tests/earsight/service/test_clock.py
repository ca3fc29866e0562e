"""A board whose clock has no battery starts in 1970, and jumps when it learns the time: nobody may notice."""

from __future__ import annotations

import ast
import asyncio
import random
import time
from pathlib import Path

import pytest

import earsight
from earsight.config.loader import load_config
from earsight.interaction.press_end import PressEnd
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Describer
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, unplugged, until
from tests.earsight.words import english

OF_THE_WALL = {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "CLOCK_REALTIME"}
OF_THE_CALENDAR = {"now", "today", "utcnow", "fromtimestamp"}


def wall_clocks(source: str) -> list[int]:
    """Lines that ask what time of day it is."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of_time = node.value.id == "time" and node.attr in OF_THE_WALL
            if of_time or (node.value.id in ("datetime", "date") and node.attr in OF_THE_CALENDAR):
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            lines += [node.lineno for alias in node.names if alias.name in OF_THE_WALL]
    return lines


@pytest.mark.parametrize(
    "line",
    [
        "import time; at = time.time()",
        "from time import time_ns",
        "age = datetime.now() - taken",
        "date.today()",
    ],
)
def test_a_wall_clock_is_found(line):
    assert wall_clocks(line) == [1]


def test_the_monotonic_clock_is_none():
    assert wall_clocks("import time\nat = time.monotonic() + time.perf_counter()") == []


def test_only_the_status_tells_what_time_of_day_it_is():
    package = Path(earsight.__file__).parent
    found = {
        str(module.relative_to(package)): lines
        for module in package.rglob("*.py")
        if (lines := wall_clocks(module.read_text(encoding="utf-8")))
    }
    assert set(found) == {"interaction/actions/status.py"}


def test_a_service_goes_on_while_the_clock_jumps_by_years(tmp_path, monkeypatch):
    chance, real = random.Random(7), time.time
    monkeypatch.setattr(time, "time", lambda: real() + chance.choice((-1.7e9, 0.0, 1e9)))
    heard = []
    scene = Scene(painted("red"))

    def voice(_section, _language):
        return Voice(ToneSynthesizer(), FastPlayer())

    async def trial():
        config = tmp_path / "earsight.yaml"
        config.write_text(
            "triggers: {keyboard: false, control_socket: c.sock}\ncamera: {max_age: 10}\n"
            "narration: {every: 1}\n"
        )
        build = Builders(
            lambda _: scene,
            voice,
            lambda _: Describer(ColourCaptioner()),
            on_sound=lambda _kind, text, _at: heard.append(text),
        )
        service = Service(load_config(config), Options(config, build=build))
        running = asyncio.create_task(service.run())
        await until(lambda: "A red wall." in heard)  # narrated
        assert await service.press(Press(Gesture.SHORT, time.monotonic())) is PressEnd.SPOKEN
        scene.picture = unplugged()
        await until(lambda: english("camera.lost") in heard)
        scene.picture = painted("green")
        await until(lambda: english("camera.back") in heard)
        await until(lambda: "A green wall." in heard)
        service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())
