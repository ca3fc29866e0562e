"""The process: it ends when it is told to, and comes back when it dies or hangs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import BUNDLE_THAT_HANGS, CUT_OFF, HANGS_AT, Device, settings
from tests.hil.record import Scenario
from tests.hil.service import WATCHDOG

ENDS_WITHIN = 2.0
BACK_WITHIN = 10.0
"""Seconds from the end of a process to the tone of the next."""
STARTS_WITHIN = 120.0
"""Seconds of this machine that a start may take."""

_MEMORY = "/sys/fs/cgroup/system.slice/earsight.service/memory.stat"


@pytest.mark.core
def test_ends_when_told_to(device: Device, scenario: Scenario) -> None:
    """SIGTERM in the middle of a sentence ends the speech and the service within two seconds."""
    device.use()
    said = device.described_at_length()
    again = device.button.double_press()
    device.begins(said, again)
    told = device.guest.now()
    scenario.took("told to the end", device.service.stop())
    last = device.ear.between(again, device.guest.now()).last_sound()
    assert last is not None
    assert last - told < ENDS_WITHIN
    assert device.share_heard(said, again) < CUT_OFF
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
    assert ready.at - died <= device.within(BACK_WITHIN)
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
    assert ready.at - struck <= device.within(BACK_WITHIN)
    device.described()


def test_a_hung_synthesizer(device: Device, scenario: Scenario) -> None:
    """espeak-ng does not come to an end: the service finds out, is started anew, and speaks again."""
    device.use()
    device.described()
    restarts = device.service.restarts
    with _hanging_engine(device):
        found = _found_out(device, scenario)
    ready = device.hears_tone(Earcon.READY, found, STARTS_WITHIN)
    scenario.took("found out to the tone of readiness", ready.at - found)
    assert ready.at - found <= device.within(BACK_WITHIN)
    assert device.service.restarts > restarts
    device.described()


def test_a_synthesizer_that_hangs_on(device: Device, scenario: Scenario) -> None:
    """espeak-ng hangs in the new process, too: the tone needs none of it, and words come when it works."""
    device.use()
    device.described()
    with _hanging_engine(device):
        found = _found_out(device, scenario)
        ready = device.hears_tone(Earcon.READY, found, STARTS_WITHIN)
        scenario.took("found out to the tone of readiness", ready.at - found)
        again = device.service.wait_for("the speech engine hangs", device.button.press(), 120).at
    device.hears_tone(Earcon.READY, again, STARTS_WITHIN)
    device.described()


@contextmanager
def _hanging_engine(device: Device) -> Iterator[None]:
    device.guest.write("/run/hung", "#!/bin/sh\nexec sleep 1000\n")
    device.guest.shell("chmod 755 /run/hung; mount --bind /run/hung /usr/bin/espeak-ng")
    try:
        yield
    finally:
        device.guest.run("umount", "/usr/bin/espeak-ng")


def _found_out(device: Device, scenario: Scenario) -> float:
    pressed = device.button.press()
    found = device.service.wait_for("the speech engine hangs", pressed, 120).at
    scenario.took("press until it is found out", found - pressed)
    return found


def test_a_hung_inference(device: Device, scenario: Scenario) -> None:
    """The model never comes to an end over a picture: the press is told, and the watchdog starts it anew."""
    device.use(captioner={"bundle": BUNDLE_THAT_HANGS})
    device.described()
    device.camera.show(HANGS_AT)
    pressed = device.button.press()
    assert device.answer(pressed) == english("error.unforeseen")
    struck = device.service.wait_for("[Ww]atchdog timeout", pressed, WATCHDOG + 30).at
    scenario.took("press to the watchdog", struck - pressed)
    ready = device.hears_tone(Earcon.READY, struck, STARTS_WITHIN)
    scenario.took("watchdog to the tone of readiness", ready.at - struck)
    assert ready.at - struck <= device.within(BACK_WITHIN)
    device.camera.show(0)
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
    words = device.hears(english("start.crash_loop"), began, STARTS_WITHIN)
    scenario.took("last death to the words", words.at - began)
    device.service.wait_for_state("failed", 30)
    assert english("start.crash_loop") in device.service.shown("StatusText")
    device.guest.run("systemctl", "restart", "earsight")  # as the manual has it
    device.described()


def test_a_program_that_is_gone(device: Device, scenario: Scenario) -> None:
    """There is no Python any more that could say why it can't start: that it can't is said without."""
    device.service.stop()
    device.guest.shell("mkdir -p /run/nothing; mount --bind /run/nothing $(readlink -f /opt/earsight/venv)")
    try:
        began = device.service.start_without_waiting()
        words = device.hears("Earsight can't start. Switch the device off and on to try again.", began, 180)
        scenario.took("first start to the words", words.at - began)
        device.service.wait_for_state("failed", 30)
    finally:
        device.guest.shell("umount $(readlink -f /opt/earsight/venv)")
    device.use()
    device.described()


def test_settings_with_a_mistake(device: Device, scenario: Scenario) -> None:
    """The configuration has a mistake at the start: that is said, and the service does not try again."""
    device.service.stop()
    device.service.configure(settings(camera={"width": "wide"}))
    began = device.service.start_without_waiting()
    words = device.hears(english("start.wrong_settings"), began, 60)
    scenario.took("start to the words", words.at - began)
    device.service.wait_for_state("failed", 30)
    assert "width" in device.service.shown("StatusText")


def test_settings_change_while_it_runs(device: Device) -> None:
    """Good settings are taken up, bad ones are refused, both in words."""
    device.use()
    began = device.guest.now()
    device.service.configure(settings(narration={"novelty": 0.6}))
    device.hears(english("settings.taken"), began)
    began = device.guest.now()
    device.service.configure(settings(narration={"novelty": "much"}))
    device.hears(english("settings.refused"), began)
    device.described()


def test_the_memory_limit(device: Device, scenario: Scenario) -> None:
    """The service outgrows its memory: the kernel ends it and nothing else, and it comes back."""
    device.use()
    device.described()
    own = re.search(r"^anon (\d+)$", device.guest.read(_MEMORY), re.MULTILINE)
    assert own
    limit = f"MemoryMax={int(own[1]) // 2}"
    began = device.guest.now()
    try:
        device.guest.run("systemctl", "set-property", "--runtime", "earsight.service", limit)
        device.service.wait_for("oom-kill|OOM killer", began, 60)
    finally:
        device.guest.run("systemctl", "set-property", "--runtime", "earsight.service", "MemoryMax=70%")
    raised = device.guest.now()
    ready = device.hears_tone(Earcon.READY, raised, STARTS_WITHIN)
    scenario.took("memory there to the tone of readiness", ready.at - raised)
    device.described()
