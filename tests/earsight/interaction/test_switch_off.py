"""Switching off: it is confirmed first, and then systemd is asked."""

import asyncio

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.system import time_limits
from earsight.triggers.trigger import ButtonDown, Gesture
from tests.earsight.interaction.menu_stage import ENTRIES, opened
from tests.earsight.interaction.narrator_stage import stage, tried
from tests.earsight.stand_ins import until
from tests.earsight.words import english


@pytest.fixture
def request_file(tmp_path, monkeypatch):
    monkeypatch.setenv("EARSIGHT_POWER_OFF", str(tmp_path / "power-off"))
    return tmp_path / "power-off"


def test_it_is_confirmed_and_then_systemd_is_asked(request_file):
    async def trial():
        async with stage() as on:
            assert await on.do("switch_off") is PressEnd.SPOKEN
            ending = on.begin(Gesture.LONG)
            await until(lambda: len(on.said) == 2)
            assert not request_file.exists(), "the words come first"
            await until(request_file.exists)
            assert on.said == [english("switch_off.confirm"), english("switch_off.goodbye")]
            await on.narrator.close()  # as systemd ends the service
            assert await ending is PressEnd.SUPERSEDED

    tried(trial)


@pytest.mark.parametrize("how", ["press", "nothing"])
def test_without_confirmation_it_stays_on(request_file, monkeypatch, how):
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.2)

    async def trial():
        async with stage() as on:
            await on.do("switch_off")
            if how == "press":
                await on.press()
            await until(lambda: on.said == [english("switch_off.confirm"), english("switch_off.cancelled")])
            await asyncio.sleep(0.2)
            assert not request_file.exists()

    tried(trial)


def test_the_long_press_that_chooses_it_does_not_confirm_it(request_file):
    async def trial():
        async with stage() as on:
            await opened(on)
            for _ in range(ENTRIES.index("switch_off")):
                await on.press()
            await on.press(Gesture.LONG, at=1.0)
            assert on.begin(Gesture.VERY_LONG, at=1.0) is None
            assert on.said[-1] == english("switch_off.confirm")
            on.narrator.take(ButtonDown(2.0))
            on.begin(Gesture.LONG, at=2.0)
            await until(request_file.exists)

    tried(trial)


def test_a_systemd_that_does_nothing_is_told_of(request_file, monkeypatch):
    monkeypatch.setattr(time_limits, "POWER_OFF", 0.2)

    async def trial():
        async with stage() as on:
            await on.do("switch_off")
            assert await on.press(Gesture.LONG) is PressEnd.ERROR_SPOKEN
            assert on.said[-1] == english("error.power_off")
            assert request_file.exists()

    tried(trial)


def test_who_is_no_service_says_so_at_once():
    async def trial():
        async with stage() as on:
            assert await on.do("switch_off") is PressEnd.ERROR_SPOKEN
            assert on.said == [english("error.power_off")]
            assert not on.narrator.is_busy

    tried(trial)
