"""Volume, rate and narration by button: what they cut off goes on afterwards."""

import asyncio
import time

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import GREEN, RED, stage, tried
from tests.earsight.preferences_file import NAME, chosen_volume
from tests.earsight.stand_ins import painted, until
from tests.earsight.words import english

LOUDEST, QUIETER = english("volume.loudest"), english("volume.quieter")


def second(on, gesture=Gesture.DOUBLE, at=None):
    return on.begin(gesture, at, "second_button")


def test_a_look_that_goes_on_goes_on():
    async def trial():
        async with stage(earcons=False) as on:
            on.captioner.gate.clear()
            first = on.begin()
            await until(lambda: on.captioner.described == 1)
            assert await second(on) is PressEnd.SPOKEN
            on.captioner.gate.set()
            assert await first is PressEnd.SPOKEN
            assert on.said == [LOUDEST, RED]
            assert on.captioner.described == 1

    tried(trial)


def test_a_description_that_waits_is_said_afterwards():
    async def trial():
        async with stage(earcons=False, synthesizer=ToneSynthesizer(delay=0.2)) as on:
            first = on.begin()
            await until(lambda: on.captioner.described == 1)
            await asyncio.sleep(0.05)  # being synthesized
            assert await second(on) is PressEnd.SPOKEN
            assert await first is PressEnd.SPOKEN
            assert on.said == [LOUDEST, RED]

    tried(trial)


def test_a_description_that_sounds_is_said_again():
    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=2)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            assert await second(on) is PressEnd.SPOKEN
            assert await first is PressEnd.SPOKEN
            assert on.said == [RED, LOUDEST, RED]

    tried(trial)


def test_from_the_moment_when_the_button_goes_down_until_the_new_volume_it_is_silent():
    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=2)) as on:
            first, at = on.begin(), time.monotonic()
            await until(lambda: on.said == [RED])
            on.button_down(at, "second_button")
            await asyncio.sleep(0.2)
            assert on.narrator.speaker.idle
            assert not first.done()
            assert await second(on, Gesture.LONG, at) is PressEnd.SPOKEN
            assert await first is PressEnd.SPOKEN
            assert on.said == [RED, QUIETER, RED]

    tried(trial)


def test_another_gesture_of_that_button_takes_the_place_of_what_it_cut_off():
    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=2)) as on:
            first, at = on.begin(), time.monotonic()
            await until(lambda: on.said == [RED])
            on.button_down(at, "second_button")
            repeating = second(on, Gesture.SHORT, at)
            assert await first is PressEnd.SUPERSEDED
            assert await repeating is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


def test_a_gesture_without_a_meaning_lets_it_go_on():
    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=4)) as on:
            first, at = on.begin(), time.monotonic()
            await until(lambda: on.said == [RED])
            on.button_down(at, "second_button")
            assert second(on, Gesture.VERY_LONG, at) is None
            assert await first is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


def test_a_button_whose_gesture_never_comes_lets_it_go_on(monkeypatch):
    monkeypatch.setattr(time_limits, "GESTURE", 0.2)

    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=4)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            on.button_down(time.monotonic(), "second_button")
            assert await first is PressEnd.SPOKEN
            assert on.said == [RED, RED]
            assert not on.narrator.is_busy

    tried(trial)


def test_a_newer_step_takes_the_place_of_an_older_one():
    async def trial():
        player = FastPlayer(speed=1)
        async with stage(earcons=False, player=player) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            one = second(on, Gesture.LONG)
            await until(lambda: on.said == [RED, QUIETER])
            player._speed = 50
            two = second(on, Gesture.LONG)
            assert await one is PressEnd.SUPERSEDED
            assert await two is PressEnd.SPOKEN
            assert await first is PressEnd.SPOKEN
            assert on.said == [RED, QUIETER, QUIETER, RED]

    tried(trial)


def test_a_press_that_looks_takes_the_place_of_both():
    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=2)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            setting = second(on)
            await until(lambda: on.said == [RED, LOUDEST])
            await on.show(painted("green"))
            looking = on.begin()
            assert [await first, await setting] == [PressEnd.SUPERSEDED] * 2
            assert await looking is PressEnd.SPOKEN
            assert on.said[-1] == GREEN

    tried(trial)


@pytest.mark.parametrize(
    ("action", "said", "setting", "value"),
    [
        ("quieter", "volume.quieter", "_volume", 0.56),
        ("louder", "volume.loudest", "_volume", 1.0),
        ("faster", "rate.faster", "_rate", 210),
        ("slower", "rate.slower", "_rate", 145),
    ],
)
def test_it_is_in_effect_before_it_is_said(action, said, setting, value):
    async def trial():
        async with stage() as on:
            heard = []
            on.note = lambda _kind, text, _at: heard.append((text, getattr(on.narrator.speaker, setting)))
            assert await on.do(action) is PressEnd.SPOKEN
            assert heard == [(english(said), value)]

    tried(trial)


@pytest.mark.parametrize(("action", "end"), [("faster", "rate.fastest"), ("slower", "rate.slowest")])
def test_the_end_of_the_steps_is_said(action, end):
    async def trial():
        async with stage() as on:
            for _ in range(9):
                await on.do(action)
            assert on.said[-1] == english(end)

    tried(trial)


def test_narration_goes_on_and_off_by_button():
    async def trial():
        async with stage(earcons=False) as on, on.narrating(None):
            assert await on.do("narration") is PressEnd.SPOKEN
            await until(lambda: on.said == [english("narration.on"), RED])
            assert await on.do("narration") is PressEnd.SPOKEN
            await on.show(painted("green"))
            await asyncio.sleep(0.3)
            assert on.said == [english("narration.on"), RED, english("narration.off")]

    tried(trial)


def test_it_is_kept(tmp_path):
    async def trial():
        async with stage(folder=tmp_path) as on:
            await on.do("quieter")
            await until((tmp_path / NAME).exists)
            assert chosen_volume((tmp_path / NAME).read_text()) == 0.56

    tried(trial)
