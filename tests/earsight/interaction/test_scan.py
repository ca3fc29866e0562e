"""QR codes and barcodes, read aloud."""

import logging
import sys

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.readers.codes import CodesMissingError
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.stand_ins import Scene, painted, unplugged, until
from tests.earsight.words import english
from tests.printed_codes import EAN, code, placed

NETWORK = "WIFI:T:WPA;S:guest;P:s3;;"


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(time_limits, "SCAN_LASTS", 0.3)
    monkeypatch.setattr(time_limits, "SCAN_PAUSE", 0.01)


def test_a_code_in_sight_is_read_at_once():
    async def trial():
        async with stage() as on:
            await on.show(placed(code("https://example.org")))
            assert await on.do("scan") is PressEnd.SPOKEN
            assert on.heard == ["QR code. Web address: example dot org."]

    tried(trial)


class WithStills(Scene):
    """A camera that can tell a code only in its larger pictures."""

    def still(self):
        return placed(code("small"), width=1280, height=960)


def test_a_code_that_is_too_small_for_usual_frames_is_read_in_a_still():
    async def trial():
        async with stage(WithStills(painted("red"))) as on:
            assert await on.do("scan") is PressEnd.SPOKEN
            assert on.said == [english("scan.begun"), "QR code. Text: small."]

    tried(trial)


def test_several_codes_are_read_from_left_to_right():
    async def trial():
        async with stage() as on:
            await on.show(placed(code("one"), code("4006381333931", EAN, 2)))
            await on.do("scan")
            assert on.said == [
                "2 codes.",
                "QR code. Text: one.",
                "Barcode. Product number: 4 0 0, 6 3 8, 1 3 3, 3 9 3 1.",
            ]

    tried(trial)


def test_it_goes_on_until_there_is_a_code():
    async def trial():
        async with stage() as on:
            looking = on.narrator.do("scan")
            await until(lambda: english("scan.begun") in on.said)
            await on.show(placed(code("here")))
            assert await looking is PressEnd.SPOKEN
            assert on.said == [english("scan.begun"), "QR code. Text: here."]
            await on.show(painted("red"))
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


def test_a_press_ends_it_and_only_that():
    async def trial():
        async with stage() as on:
            looking = on.narrator.do("scan")
            await until(lambda: english("scan.begun") in on.said)
            assert await on.press() is PressEnd.SPOKEN
            assert await looking is PressEnd.SUPERSEDED
            assert on.said == [english("scan.begun"), english("scan.stopped")]

    tried(trial)


@pytest.mark.usefixtures("impatient")
def test_no_code():
    async def trial():
        async with stage() as on:
            await on.do("scan")
            assert on.said == [english("scan.begun"), f"{english('scan.none')} {english('scan.aim')}"]

    tried(trial)


@pytest.mark.usefixtures("impatient")
def test_a_code_that_can_not_be_read():
    damaged = code("x" * 60, scale=6)
    damaged[100:170, 100:170] = 255

    async def trial():
        async with stage() as on:
            await on.show(placed(damaged))
            await on.do("scan")
            assert on.said[-1] == f"{english('scan.none')} {english('scan.unread')}"

    tried(trial)


def test_the_password_of_a_network_is_said_on_a_long_press_only(caplog):
    async def trial():
        async with stage() as on:
            await on.show(placed(code(NETWORK)))
            await on.do("scan")
            assert on.said == ["QR code. It has a password: a long press says it. Wi-Fi network: guest."]
            for _ in range(2):  # as often as it is wanted
                await on.press(Gesture.LONG)
                assert on.said[-1] == "Password: S, 3."
            await on.show(painted("red"))
            await on.press()
            assert on.said[-1] == RED

    with caplog.at_level(logging.INFO):
        tried(trial)
    assert "guest" not in caplog.text
    assert "S, 3" not in caplog.text


def test_the_camera_is_lost_while_it_looks():
    async def trial():
        async with stage() as on:
            looking = on.narrator.do("scan")
            await until(lambda: english("scan.begun") in on.said)
            await on.show(unplugged())
            assert await looking is PressEnd.ERROR_SPOKEN

    tried(trial)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)

    async def trial():
        async with stage() as on:
            assert await on.do("scan") is PressEnd.ERROR_SPOKEN
            assert on.said == [english(CodesMissingError.spoken.id)]

    tried(trial)
