"""Reading text by a whole service: in another language, while its settings change, without a camera."""

import asyncio
import time

import pytest

from earsight.triggers.trigger import Gesture, Press
from tests.earsight.service.service_stage import describing
from tests.earsight.stand_ins import Scene, ShownText, painted, text_line, unplugged, until
from tests.earsight.words import english, indonesian

READ = "bindings: {button: {short: read}}"
LINES = [f"Line {number}." for number in "ABCD"]


def pressed(on):
    return on.service.press(Press(Gesture.SHORT, time.monotonic()))


@pytest.fixture
def page():
    """A page whose first line is recognised, and the others once the gate opens."""
    reader = ShownText(*map(text_line, LINES))
    reader.a_part = 1
    reader.gate.clear()
    return reader


def test_new_settings_while_it_reads_take_nothing_from_the_text(tmp_path):
    async def trial():
        lines = [f"This is line {number} of the text." for number in range(35)]
        reader = ShownText(*map(text_line, lines))
        reader.a_part = 5
        async with describing(tmp_path, Scene(painted("red")), READ, reader) as on:
            reading = pressed(on)
            await until(lambda: lines[0] in on.heard)
            on.write(f"language: id\n{READ}")
            await reading
            await until(lambda: indonesian("settings.taken") in on.heard)
            read = [text for text in on.heard if text in lines]
            assert list(dict.fromkeys(read)) == lines
            assert len(read) <= len(lines) + 1, "only what was cut off is said again"

    asyncio.run(trial())


def test_a_camera_that_is_gone_while_it_reads_is_told_and_the_text_goes_on(tmp_path, page):
    async def trial():
        scene = Scene(painted("red"))
        async with describing(tmp_path, scene, READ, page) as on:
            reading = pressed(on)
            await until(lambda: LINES[0] in on.heard)
            scene.picture = unplugged()
            page.gate.set()
            await reading
            await until(lambda: english("camera.lost") in " ".join(on.heard))
            assert [text for text in on.heard if text in LINES] == LINES

    asyncio.run(trial())


def test_an_indonesian_service_reads_each_text_as_it_is(tmp_path):
    async def trial():
        reader = ShownText(text_line("EXIT"), text_line("KELUAR", language="id"), text_line("Sign 7", 0.4))
        async with describing(tmp_path, Scene(painted("red")), f"language: id\n{READ}", reader) as on:
            begun = len(on.heard)
            await pressed(on)
            assert on.heard[begun:] == ["Exit.", "Keluar.", f"{indonesian('reading.unclear')} Sign 7."]

    asyncio.run(trial())
