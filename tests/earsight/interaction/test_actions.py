"""Every action, as the wearer hears it."""

import asyncio
import time
from dataclasses import replace
from datetime import time as time_of_day

import pytest

from earsight.actions import ACTIONS
from earsight.config.schema import Config
from earsight.interaction.actions import status
from earsight.interaction.bindings import build_bindings
from earsight.interaction.press_end import PressEnd
from earsight.language.languages import LANGUAGES, load_language
from earsight.message import message
from earsight.system.power_supply import Battery
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer
from tests.earsight.interaction.narrator_stage import POLICY, RED, stage, tried
from tests.earsight.stand_ins import ShownText, until
from tests.earsight.words import english


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_is_heard_in_every_language(action, language, tmp_path, monkeypatch):
    monkeypatch.setenv("EARSIGHT_POWER_OFF", str(tmp_path / "power-off"))

    async def trial():
        async with stage(language=load_language(language), reader=ShownText(), earcons=False) as on:
            end = await on.do(action)
            assert end is (PressEnd.DONE if action == "stop" else PressEnd.SPOKEN)
            assert bool(on.said) is (action != "stop")
            assert not any(mark in text for text in on.said for mark in "{}_")

    tried(trial)


# Stop


def test_stop_ends_a_look_and_begins_none():
    async def trial():
        async with stage() as on:
            on.captioner.gate.clear()
            first = on.begin()
            await until(lambda: on.captioner.described == 1)
            assert await on.do("stop") is PressEnd.DONE
            assert await first is PressEnd.SUPERSEDED
            on.captioner.gate.set()
            await asyncio.sleep(0.2)
            assert (on.said, on.captioner.described) == ([], 1)

    tried(trial)


def test_stop_silences_whatever_sounds():
    async def trial():
        async with stage(player=FastPlayer(speed=1)) as on:
            on.narrator.notices.trouble("camera", message("camera.lost"))
            saying = asyncio.create_task(
                on.narrator.notices.say(on.narrator.speaker, lambda: POLICY.language)
            )
            await until(lambda: on.said == [english("camera.lost")])
            assert await on.do("stop") is PressEnd.DONE
            await asyncio.sleep(0)
            assert not on.narrator.is_busy
            saying.cancel()

    tried(trial)


# Repeat


def test_an_old_description_is_repeated_with_its_age():
    async def trial():
        async with stage() as on:
            await on.press()
            heard = on.narrator.heard
            heard.sounded(replace(heard.description, captured_at=time.monotonic() - 41))
            heard.prepared(heard.description)
            assert await on.do("repeat") is PressEnd.SPOKEN
            assert on.said[-1] == f"40 seconds ago: {RED}"

    tried(trial)


# Status


@pytest.fixture
def known_time(monkeypatch):
    monkeypatch.setattr(status, "time_of_day", lambda: message("status.time", time=time_of_day(14, 5)))


@pytest.mark.usefixtures("known_time")
@pytest.mark.parametrize(
    ("battery", "said"),
    [
        (None, ""),
        (Battery(81, is_charging=False), "Battery at 81 percent. "),
        (Battery(81, is_charging=True), "Battery at 81 percent and charging. "),
    ],
)
def test_time_and_battery(monkeypatch, battery, said):
    monkeypatch.setattr(status, "read_battery", lambda: battery)

    async def trial():
        async with stage() as on:
            await on.do("status")
            assert on.said == [f"It's 2:05 PM. {said}Everything works."]

    tried(trial)


@pytest.mark.usefixtures("known_time")
def test_what_is_wrong_now(monkeypatch):
    monkeypatch.setattr(status, "read_battery", lambda: None)

    async def trial():
        async with stage() as on:
            notices = on.narrator.notices
            notices.trouble("camera", message("camera.lost"), over=message("camera.back"))
            notices.trouble("board", message("board.hot"))
            notices.news("settings", message("settings.taken"))
            await on.do("status")
            notices.trouble("camera", None)
            await on.do("status")
            assert on.said == [
                f"It's 2:05 PM. {english('camera.lost')} {english('board.hot')}",
                f"It's 2:05 PM. {english('board.hot')}",
            ]

    tried(trial)


@pytest.fixture
def clocks(tmp_path, monkeypatch):
    """The file of a time server's answer, and that of the board's own clock."""
    monkeypatch.setattr(status, "_SYNCHRONIZED", tmp_path / "synchronized")
    monkeypatch.setattr(status, "_RTC", tmp_path / "since_epoch")
    return tmp_path / "synchronized", tmp_path / "since_epoch"


def test_a_time_that_may_be_wrong_is_not_said(clocks):
    synchronized, rtc = clocks
    assert status.time_of_day().id == "status.no_time"
    for wrong in ("0", f"{time.time() - 61:.0f}", f"{time.time() + 62:.0f}", "soon", ""):
        rtc.write_text(wrong)
        assert status.time_of_day().id == "status.no_time", wrong
    rtc.write_text(f"{time.time():.0f}\n")
    assert status.time_of_day().id == "status.time"
    rtc.unlink()
    synchronized.touch()
    assert status.time_of_day().id == "status.time"


@pytest.mark.usefixtures("clocks")
def test_the_time_is_that_of_the_place(clocks, monkeypatch):
    clocks[0].touch()
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    told = status.time_of_day().values["time"]
    now = time.time() + 7 * 3600
    monkeypatch.undo()
    time.tzset()
    assert abs((told.hour * 60 + told.minute) - now // 60 % 1440) % 1439 <= 1


# Help


def helped(**settings):
    async def trial():
        async with stage(bindings=build_bindings(Config.model_validate(settings))) as on:
            await on.narrator.do("help", settings.get("source", "button"))
            return on.said

    (said,) = asyncio.run(trial())
    return said


BUTTON = "Short press: Describe. Double press: Say it again. Long press: More detail. Very long press: Menu."
IN_THE_MENU = f"{english('help.menu')} {english('help.reading')}"


def test_help_says_what_the_button_does():
    assert helped() == f"{BUTTON} {IN_THE_MENU}"


def test_help_goes_by_the_bindings():
    said = helped(bindings={"button": {"double": None, "triple": "stop", "very_long": None}})
    assert said == "Short press: Describe. Triple press: Stop. Long press: More detail."


def test_help_says_what_a_second_button_does_if_there_is_one():
    second = "Short press: Say it again. Double press: Louder. Long press: Quieter."
    said = helped(triggers={"second_button": {"pin": 27}})
    assert said == f"{BUTTON} {english('help.second_button')} {second} {IN_THE_MENU}"


@pytest.mark.parametrize(("source", "first"), [("second_button", "Describe"), ("keyboard", "Status")])
def test_help_is_for_who_asks(source, first):
    async def trial():
        config = Config.model_validate({"bindings": {"keyboard": {"short": "status"}}})
        async with stage(bindings=build_bindings(config)) as on:
            await on.narrator.do("help", source)
            assert on.said[0].startswith(f"Short press: {first}.")

    tried(trial)


def test_every_gesture_has_a_name():
    async def trial():
        config = Config.model_validate({"bindings": {"button": dict.fromkeys(Gesture, "stop")}})
        async with stage(bindings=build_bindings(config)) as on:
            await on.do("help")
            assert on.said[0].count(": Stop.") == len(Gesture)

    tried(trial)
