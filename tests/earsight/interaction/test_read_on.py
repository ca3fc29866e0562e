"""Reading on: what is new is read until a press."""

import asyncio

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.language.languages import load_language
from earsight.system import reading_times
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.interaction.read_stage import heard_up_to
from tests.earsight.stand_ins import Scene, ShownText, painted, text_line, unplugged, until
from tests.earsight.words import english, indonesian


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(reading_times, "CONTINUOUS_PAUSE", 0.01)


@pytest.mark.usefixtures("quick")
def test_a_double_press_keeps_on_reading_what_is_new_until_a_press():
    async def trial():
        reader = ShownText(text_line("EXIT"), text_line("To the left, mind the step"), text_line("A"))
        async with stage(reader=reader, player=FastPlayer(speed=2), earcons=False) as on:
            on.narrator.do("read")
            await heard_up_to(on, "A.")
            going = on.begin(Gesture.DOUBLE)
            await until(lambda: on.said[-2:] == [english("reading.continuous"), "A."])
            looks = len(reader.read_in)
            await until(lambda: len(reader.read_in) >= looks + 5)
            reader.reading = ShownText(
                text_line("EXIT"), text_line("To the Ieft, mind the step"), text_line("Room 12")
            ).reading
            await heard_up_to(on, "Room 12.")
            reader.reading = ShownText(text_line("R00m l2", 0.4), text_line("KELUAR", language="id")).reading
            await heard_up_to(on, "Keluar.")
            await on.press()
            assert going.done()
            assert on.said == [
                "Exit.",
                "To the left, mind the step.",
                "A.",
                english("reading.continuous"),
                "A.",
                "Room 12.",
                "Keluar.",
                english("reading.continuous_over"),
            ]
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_reading_on_ends_by_itself(monkeypatch):
    monkeypatch.setattr(reading_times, "CONTINUOUS", 0.3)

    async def trial():
        async with stage(
            reader=ShownText(text_line("EXIT")),
            player=FastPlayer(speed=2),
            earcons=False,
            language=load_language("id"),
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            await on.press(Gesture.DOUBLE)
            began, over = indonesian("reading.continuous"), indonesian("reading.continuous_over")
            assert on.said == ["Exit.", began, "Exit.", over]
            assert not on.narrator.is_busy

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_a_camera_that_is_lost_while_reading_on_is_told():
    async def trial():
        scene = Scene(painted("red"))
        async with stage(
            scene, reader=ShownText(text_line("EXIT")), player=FastPlayer(speed=2), earcons=False
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            going = on.begin(Gesture.DOUBLE)
            await until(lambda: on.said.count("Exit.") == 2)
            scene.picture = unplugged()
            assert await going is PressEnd.ERROR_SPOKEN
            assert on.said[-1] == english("error.camera")

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_text_that_comes_back_is_read_again(monkeypatch):
    monkeypatch.setattr(reading_times, "OUT_OF_SIGHT", 0.1)

    async def trial():
        reader = ShownText(text_line("EXIT"))
        async with stage(reader=reader, player=FastPlayer(speed=4), earcons=False) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            on.begin(Gesture.DOUBLE)
            await until(lambda: on.said.count("Exit.") == 2)
            shown, reader.reading = reader.reading, ShownText().reading
            looks = len(reader.read_in)
            await asyncio.sleep(0.15)
            await until(lambda: len(reader.read_in) >= looks + 2)
            reader.reading = shown
            await until(lambda: on.said.count("Exit.") == 3)

    tried(trial)
