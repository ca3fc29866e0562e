"""How long it takes until the wearer is told that it works again: many times over, for the slow ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import Device
from tests.hil.record import Scenario
from tests.hil.sound_card import PLAYED_TO, Earphones

TIMES, WATCHDOG_TIMES = 10, 5


@pytest.mark.once
def test_the_camera_again_and_again(device: Device, scenario: Scenario) -> None:
    """The camera is unplugged and plugged in ten times: from its return to the words, at most 5 s."""
    device.service.stop()
    device.use()

    def once() -> float:
        gone = device.guest.now()
        device.camera.plug_out()
        device.hears(english("camera.lost"), gone, 60)
        back = device.camera.plug_back_in()
        recovery = device.hears(english("camera.back"), back, 60).at - back
        device.guest.run("sleep", "61")  # what is lost again sooner is trusted later, and on purpose
        return recovery

    assert _measured(once, TIMES, scenario) <= 5.0


@pytest.mark.once
def test_the_sound_again_and_again(device: Device, earphones: Earphones, scenario: Scenario) -> None:
    """USB earphones are unplugged and plugged in ten times: from their return to sound, at most 5 s."""
    device.use(voice={"device": PLAYED_TO})

    def once() -> float:
        gone = earphones.plug_out()
        device.button.double_press()
        device.service.wait_for("does not play", gone, 30)
        device.guest.run("sleep", "10")  # until it is not tried again
        back = earphones.plug_in()
        return device.service.wait_for("sound is back", back, 30).at - back

    assert _measured(once, TIMES, scenario) <= 5.0


@pytest.mark.once
def test_a_process_that_hangs_again_and_again(device: Device, scenario: Scenario) -> None:
    """The process stands still five times: from the watchdog to the tone of readiness, 10 s."""
    device.use()

    def once() -> float:
        device.described()  # so that this start counts as one that has lasted
        hung = device.service.kill("STOP")
        struck = device.service.wait_for("[Ww]atchdog timeout", hung, 90).at
        return device.hears_tone(Earcon.READY, struck, 60).at - struck

    assert _measured(once, WATCHDOG_TIMES, scenario) <= 10.0


def _measured(once: Callable[[], float], times: int, scenario: Scenario) -> float:
    """The 95th percentile, in seconds."""
    seconds = [once() for _ in range(times)]
    p50, p95 = (float(np.percentile(seconds, q, method="higher")) for q in (50, 95))
    scenario.took("median of the recoveries", p50)
    scenario.took("95th percentile", p95)
    scenario.took("longest", max(seconds))
    return p95
