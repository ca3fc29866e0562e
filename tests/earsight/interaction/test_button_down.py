"""Between a button going down and its gesture."""

import asyncio
import time
from dataclasses import replace

import pytest

from earsight.config.schema import Config
from earsight.interaction.bindings import build_bindings
from earsight.interaction.press_end import PressEnd
from earsight.message import message
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer
from tests.earsight.interaction.narrator_stage import GREEN, RED, stage, tried
from tests.earsight.interaction.test_narration import narrating
from tests.earsight.stand_ins import painted, until
from tests.earsight.words import english

BACK = english("camera.back")


def bound(on, **gestures):
    config = Config.model_validate({"bindings": {"button": gestures}})
    on.narrator.policy = replace(on.narrator.policy, bindings=build_bindings(config))


def test_no_notice_begins():
    async def trial():
        async with narrating(every=None, player=FastPlayer(speed=10)) as on:
            at = time.monotonic()
            on.button_down(at)
            await until(lambda: on.captioner.described == 1)
            on.narrator.notices.news("camera", message("camera.back"))
            await asyncio.sleep(0.3)
            assert on.said == []
            assert await on.press(at=at) is PressEnd.SPOKEN
            await until(lambda: on.said == [RED, BACK])

    tried(trial)


def test_no_narration_begins():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            on.button_down(1.0)
            looks = on.captioner.encoded
            await on.show(painted("green"))
            await asyncio.sleep(0.3)
            assert on.said == [RED]
            assert on.captioner.encoded <= looks + 1
            assert await on.press(Gesture.DOUBLE, at=1.0) is PressEnd.SPOKEN
            await until(lambda: on.said == [RED, RED, GREEN])

    tried(trial)


def test_if_the_gesture_never_comes_it_all_goes_on(monkeypatch):
    monkeypatch.setattr(time_limits, "GESTURE", 0.3)

    async def trial():
        async with narrating(every=None) as on:
            on.captioner.gate.clear()
            on.button_down(time.monotonic())
            on.narrator.notices.news("camera", message("camera.back"))
            await asyncio.sleep(0.15)
            assert on.said == []
            await until(lambda: on.said == [BACK])
            assert not on.narrator.is_busy
            on.captioner.gate.set()

    tried(trial)


@pytest.mark.parametrize("gesture", [Gesture.TRIPLE, Gesture.VERY_LONG])
def test_a_gesture_without_a_meaning_ends_the_wait_and_the_look(gesture):
    async def trial():
        async with narrating(every=None) as on:
            bound(on, very_long=None)
            on.captioner.gate.clear()
            on.button_down(1.0)
            await until(lambda: on.captioner.described == 1)
            on.narrator.notices.news("camera", message("camera.back"))
            assert on.begin(gesture, at=1.0) is None
            await until(lambda: on.said == [BACK])
            on.captioner.gate.set()
            await asyncio.sleep(0.1)
            assert on.captioner.captioned == 0

    tried(trial)


@pytest.mark.parametrize(
    ("gestures", "looks"),
    [
        ({"short": "status", "long": "detail"}, True),
        ({"short": "describe", "long": "status"}, True),
        ({"short": "status", "long": "help", "double": "describe"}, False),
    ],
)
def test_a_look_begins_only_if_a_short_or_long_press_looks(gestures, looks):
    async def trial():
        async with stage() as on:
            bound(on, **gestures)
            on.button_down(1.0)
            await asyncio.sleep(0.3)
            assert (on.captioner.described == 1) is looks
            assert on.heard == (["(look)"] if looks else [])

    tried(trial)


@pytest.mark.parametrize("gesture", [Gesture.SHORT, Gesture.DOUBLE, Gesture.LONG])
def test_the_look_is_used_by_whatever_gesture_looks(gesture):
    async def trial():
        async with stage() as on:
            bound(on, double="describe")
            on.button_down(1.0)
            await until(lambda: on.captioner.described == 1)
            await on.show(painted("green"))
            assert await on.press(gesture, at=1.0) is PressEnd.SPOKEN
            assert on.said[0].startswith(RED)
            assert (on.captioner.described, on.heard.count("(look)")) == (1, 1)

    tried(trial)


def test_two_buttons_at_once_leave_nothing_behind():
    async def trial():
        async with narrating(every=None) as on:
            on.button_down(1.0)
            on.button_down(2.0, "second_button")
            assert await on.press(at=1.0) is PressEnd.SPOKEN
            assert await on.press(Gesture.SHORT, 2.0, "second_button") is PressEnd.SPOKEN
            assert on.said == [RED, RED]
            assert not on.narrator.is_busy
            on.narrator.notices.news("camera", message("camera.back"))
            await until(lambda: on.said == [RED, RED, BACK])

    tried(trial)


def test_a_long_press_that_goes_on_becomes_a_very_long_one():
    async def trial():
        async with stage(player=FastPlayer(speed=1)) as on:
            on.button_down(1.0)
            detail = on.begin(Gesture.LONG, at=1.0)
            await until(lambda: len(on.said) == 1)
            opening = on.begin(Gesture.VERY_LONG, at=1.0)
            assert await detail is PressEnd.SUPERSEDED
            await until(lambda: len(on.said) == 2)
            assert on.said[1].startswith(english("menu.opened"))
            on.begin(Gesture.SHORT)
            assert await opening is PressEnd.SUPERSEDED

    tried(trial)
