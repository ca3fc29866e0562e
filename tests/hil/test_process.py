"""The process: it ends when it is told to, and comes back when it dies or hangs."""

from __future__ import annotations

import pytest

from earsight import wording
from earsight.voice.earcons import Earcon
from tests.hil.device import BUNDLE_THAT_HANGS, HANGS_AT, Device, settings
from tests.hil.photos import photo
from tests.hil.record import Scenario
from tests.hil.service import WATCHDOG

ENDS_WITHIN = 2.0
STARTS_WITHIN = 120.0
"""Seconds of emulation in which a start, two on a board, has to be done."""


@pytest.mark.core
def test_ends_when_told_to(device: Device, scenario: Scenario) -> None:
    """SIGTERM in the middle of a sentence ends the speech and the service within two seconds."""
    device.use()
    device.described()
    again = device.button.double_press()
    device.service.wait_for("^answer: ", again, 20)
    device.guest.run("sleep", "0.7")
    told = device.guest.now()
    scenario.took("told to the end", device.service.stop())
    last = device.ear.between(told, device.guest.now()).last_sound()
    assert last is None or last - told < ENDS_WITHIN
    assert scenario.timings["told to the end"] < ENDS_WITHIN
    assert device.service.shown("Result") == "success"


@pytest.mark.core
@pytest.mark.parametrize("signal", ["KILL", "SEGV"])
def test_comes_back_when_it_dies(device: Device, scenario: Scenario, signal: str) -> None:
    """The process dies: systemd starts it again, it says that it is ready, and a press is answered."""
    device.use()
    device.described()
    died = device.service.kill(signal)
    ready = device.hears_tone(Earcon.READY, died, STARTS_WITHIN)
    scenario.took("death to the tone of readiness", ready.at - died)
    device.described()


@pytest.mark.core
def test_comes_back_when_it_hangs(device: Device, scenario: Scenario) -> None:
    """The whole process stands still: the watchdog ends it, and a new one speaks."""
    device.use()
    device.described()
    hung = device.service.kill("STOP")
    struck = device.service.wait_for("[Ww]atchdog timeout", hung, WATCHDOG + 30).at
    scenario.took("standstill to the watchdog", struck - hung)
    ready = device.hears_tone(Earcon.READY, struck, STARTS_WITHIN)
    scenario.took("watchdog to the tone of readiness", ready.at - struck)
    device.described()


def test_a_hung_synthesizer(device: Device, scenario: Scenario) -> None:
    """espeak-ng never comes to an end: the service finds out, is started anew, and speaks again."""
    device.use()
    device.described()
    restarts = device.service.restarts
    device.guest.write("/run/hung", "#!/bin/sh\nexec sleep 1000\n")
    device.guest.shell("chmod 755 /run/hung; mount --bind /run/hung /usr/bin/espeak-ng")
    try:
        began = device.button.press()
        device.service.wait_for("the speech engine hangs", began, 120)
    finally:
        device.guest.run("umount", "/usr/bin/espeak-ng")
    mended = device.guest.now()
    ready = device.hears_tone(Earcon.READY, mended, STARTS_WITHIN)
    scenario.took("mended to the tone of readiness", ready.at - mended)
    assert device.service.restarts > restarts
    device.described()


def test_a_hung_inference(device: Device, scenario: Scenario) -> None:
    """The model never comes to an end over a picture: the press is told, and the watchdog starts it anew."""
    device.use(captioner={"bundle": BUNDLE_THAT_HANGS})
    device.described()
    device.camera.show(photo(HANGS_AT))
    pressed = device.button.press()
    assert device.answer(pressed) == wording.WENT_WRONG
    struck = device.service.wait_for("[Ww]atchdog timeout", pressed, WATCHDOG + 30).at
    scenario.took("press to the watchdog", struck - pressed)
    ready = device.hears_tone(Earcon.READY, struck, STARTS_WITHIN)
    scenario.took("watchdog to the tone of readiness", ready.at - struck)
    device.camera.show(photo())
    device.described()


def test_a_crash_loop_ends_in_words(device: Device, scenario: Scenario) -> None:
    """It dies again and again soon after its start: it says that it can't start, and stays so."""
    device.service.stop()
    device.service.configure(settings())
    began = device.service.start_without_waiting()
    for _ in range(5):
        device.service.wait_for("Starting|Scheduled restart", began, STARTS_WITHIN)
        device.guest.shell("until [ $(systemctl show --value -p MainPID earsight) != 0 ]; do sleep 0.2; done")
        device.guest.run("sleep", "9")  # long enough to have counted its start
        began = device.service.kill("KILL")
    words = device.hears(wording.CANT_START_CRASHES, began, STARTS_WITHIN)
    scenario.took("last death to the words", words.at - began)
    device.service.wait_for_state("failed", 30)
    assert wording.CANT_START_CRASHES in device.service.shown("StatusText")
    device.guest.run("systemctl", "restart", "earsight")  # as the manual has it
    device.described()


def test_settings_with_a_mistake(device: Device, scenario: Scenario) -> None:
    """The configuration has a mistake at the start: that is said, and the service does not try again."""
    device.service.stop()
    device.service.configure(settings(camera={"width": "wide"}))
    began = device.service.start_without_waiting()
    words = device.hears(wording.CANT_START_CONFIG, began, 60)
    scenario.took("start to the words", words.at - began)
    device.service.wait_for_state("failed", 30)
    assert "width" in device.service.shown("StatusText")


def test_settings_change_while_it_runs(device: Device) -> None:
    """Good settings are taken up, bad ones are refused, both in words."""
    device.use()
    began = device.guest.now()
    device.service.configure(settings(narration={"novelty": 0.6}))
    device.hears(wording.CONFIG_TAKEN, began)
    began = device.guest.now()
    device.service.configure(settings(narration={"novelty": "much"}))
    device.hears(wording.CONFIG_REFUSED, began)
    device.described()


def test_the_memory_limit(device: Device, scenario: Scenario) -> None:
    """The service outgrows its memory: the kernel ends it and nothing else, and it comes back."""
    device.use()
    device.described()
    began = device.guest.now()
    device.guest.run("systemctl", "set-property", "--runtime", "earsight.service", "MemoryMax=60M")
    device.service.wait_for("oom-kill|OOM killer", began, 60)
    device.guest.run("systemctl", "set-property", "--runtime", "earsight.service", "MemoryMax=70%")
    raised = device.guest.now()
    ready = device.hears_tone(Earcon.READY, raised, STARTS_WITHIN)
    scenario.took("memory there to the tone of readiness", ready.at - raised)
    device.described()
