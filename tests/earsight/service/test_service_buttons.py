"""Buttons of a service that are missing, late, stuck, or two."""

import asyncio
import time
from itertools import repeat
from typing import ClassVar

import pytest

from earsight.message import message
from earsight.system import time_limits
from earsight.triggers import registry
from earsight.triggers.trigger import ButtonDown, Gesture, Press, TriggerError
from tests.earsight.fakes import Fault
from tests.earsight.preferences_file import NAME, chosen_volume
from tests.earsight.service.service_stage import NO_MODEL, Stage, serving
from tests.earsight.stand_ins import Scene, painted, until
from tests.earsight.words import english


def test_the_second_button_repeats_and_sets_a_volume_that_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    kept = tmp_path / "state" / NAME

    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:

            async def second(gesture, expected):
                on.heard.clear()
                on.service.press(Press(gesture, time.monotonic()), "second_button")
                await until(lambda: expected in on.heard)

            await second(Gesture.SHORT, english("repeat.nothing"))
            await second(Gesture.DOUBLE, english("volume.loudest"))
            await second(Gesture.LONG, english("volume.quieter"))
            await until(lambda: kept.exists() and chosen_volume(kept.read_text()) == 0.56)
            await second(Gesture.DOUBLE, english("volume.louder"))
            on.service.press(ButtonDown(time.monotonic()), "second_button")

    asyncio.run(trial())


def test_a_button_that_can_not_be_had_is_said_and_so_is_its_return(tmp_path, monkeypatch):
    """The control socket, whose folder is not there at first, stands for any trigger."""
    monkeypatch.setattr(time_limits, "TRIGGER_RETRY", 0.2)

    async def trial():
        folder = tmp_path / "missing" / "folder"
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(on.config.read_text().replace("control.sock", "missing/folder/control.sock"))
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: english("part.not_working", part=message("part.control_socket")) in on.heard)
        await asyncio.sleep(0.6)
        folder.mkdir(parents=True)
        await until(lambda: english("part.working_again", part=message("part.control_socket")) in on.heard)
        assert on.heard.count(english("part.not_working", part=message("part.control_socket"))) == 1
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_a_button_that_does_not_work_is_told_when_the_earphones_come(tmp_path, monkeypatch):
    """The control socket stands for it."""
    monkeypatch.setattr(time_limits, "SOUND_RETRY", 0.1)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(on.config.read_text().replace("control.sock", "missing/folder/control.sock"))
        on.player_faults = repeat(Fault.FAILS)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: on.player is not None and on.player.calls)
        await asyncio.sleep(1.0)
        assert on.heard == []
        on.player.mend()
        await until(lambda: len(on.heard) == 3)
        assert set(on.heard) == {
            english("sound.back"),
            english("part.not_working", part=message("part.control_socket")),
            NO_MODEL,
        }
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


BROKEN = english("part.not_working", part=message("part.control_socket"))
MENDED = english("part.working_again", part=message("part.control_socket"))


class Late:
    """A trigger whose device takes long to open, and then can't be had, twice."""

    def __init__(self):
        self.attempts = 0

    async def run(self, _press, listening=lambda: None):
        self.attempts += 1
        await asyncio.sleep(0.3)
        if self.attempts <= 2:
            raise TriggerError("no such pin")
        listening()
        await asyncio.get_running_loop().create_future()


def test_a_trigger_works_again_when_it_listens(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limits, "TRIGGER_RETRY", 0.05)
    monkeypatch.setattr(time_limits, "TRIGGER_WORKING", 0.1)
    monkeypatch.setattr(registry, "ControlServer", lambda *_: late)
    late = Late()
    broken, mended = BROKEN, MENDED

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        running = asyncio.create_task(on.service.run())
        await until(lambda: mended in on.heard)
        assert late.attempts == 3
        assert [on.heard.count(broken), on.heard.count(mended)] == [1, 1]
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


class StuckButton:
    """Stuck from the start; `pressed` is the next press of it."""

    def __init__(self, _open_line, _debounce, _recognizer, stuck):
        self.stuck = stuck
        self.pressed = asyncio.Event()
        self.made.append(self)

    made: ClassVar[list] = []

    async def run(self, press, listening=lambda: None):
        listening()
        self.stuck()
        await self.pressed.wait()
        press(Press(Gesture.SHORT, time.monotonic()))
        await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("let_go", [False, True])
def test_a_stuck_button_is_told_of_when_sound_is_back_unless_it_was_pressed_since(
    tmp_path, monkeypatch, let_go
):
    monkeypatch.setattr(time_limits, "SOUND_RETRY", 0.1)
    monkeypatch.setattr(registry, "ButtonTrigger", StuckButton)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(
            on.config.read_text().replace("keyboard: false", "button: {pin: 17}, keyboard: false")
        )
        on.player_faults = repeat(Fault.FAILS)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: on.player is not None and on.player.calls)
        if let_go:
            StuckButton.made[-1].pressed.set()
            await asyncio.sleep(0.5)
        on.player.mend()
        await until(lambda: NO_MODEL in on.heard)
        await asyncio.sleep(0.5)
        assert (english("part.stuck", part=message("part.button")) in on.heard) is not let_go
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


class IdleButton:
    """One that is never pressed; its recogniser is looked at."""

    def __init__(self, _open_line, _debounce, recognizer, _stuck):
        self.made.append(recognizer)

    made: ClassVar[list] = []

    async def run(self, _sink, listening=lambda: None):
        listening()
        await asyncio.get_running_loop().create_future()


def test_new_times_of_gestures_hold_for_the_next_press(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "ButtonTrigger", IdleButton)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        text = on.config.read_text().replace("keyboard: false", "button: {pin: 17}, keyboard: false")
        on.config.write_text(text)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: NO_MODEL in on.heard)
        on.config.write_text(f"{text}\ngestures: {{long_press: 1.5}}\n")
        await until(lambda: english("settings.taken") in on.heard)
        recognizer = IdleButton.made[-1]
        recognizer.press(0.0)
        assert recognizer.deadline == 1.5
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())
