"""Earphones and sound cards, which come and go."""

from __future__ import annotations

import time

import pytest

from earsight import wording
from tests.hil import wearer
from tests.hil.device import Device
from tests.hil.ear import HEARD_MOST, RATE, share_heard
from tests.hil.record import Scenario
from tests.hil.sound_card import PLAYED_TO, Earphones

BACK_WITHIN = 5.0


def _wait_until_heard(
    device: Device, earphones: Earphones, text: str, since: int = 0, limit: float = 30.0
) -> None:
    until = device.guest.now() + limit
    while (share := share_heard(earphones.heard(since), device.speech.of(text))) < HEARD_MOST:
        assert device.guest.now() < until, f"{text!r} was not heard, only {share:.0%} of it"
        time.sleep(1.0)


@pytest.mark.core
def test_unplugged_in_mid_word(device: Device, earphones: Earphones, scenario: Scenario) -> None:
    """USB earphones are pulled out in the middle of a sentence, and plugged in again."""
    device.use(voice={"device": PLAYED_TO})
    _, said = _described(device, earphones)
    since, again = earphones.mark(), device.button.double_press()
    _wait_until_it_speaks(device, earphones, since)
    share = share_heard(earphones.heard(since), device.speech.of(said))
    gone = earphones.plug_out()
    assert share < HEARD_MOST
    device.service.wait_for("can't be played to", gone, 30)
    device.guest.run("sleep", "10")  # until it is not tried again
    assert device.service.times_said(said, again) == 1
    assert device.service.state() == "active"
    back = earphones.plug_in()
    words = device.service.wait_for("sound is back", back, 30)
    scenario.took("plugged in to the sound", words.at - back)
    _wait_until_heard(device, earphones, wording.SOUND_BACK)
    _described(device, earphones)
    assert scenario.timings["plugged in to the sound"] <= BACK_WITHIN


def test_no_card_at_the_start(device: Device, earphones: Earphones, scenario: Scenario) -> None:
    """No sound card when the service starts: it starts all the same, and speaks when there is one."""
    device.service.stop()
    earphones.plug_out()
    device.use(voice={"device": PLAYED_TO, "player": "auto"})
    device.guest.run("sleep", "3")
    back = earphones.plug_in()
    words = device.service.wait_for("sound is back", back, 30)
    scenario.took("plugged in to the sound", words.at - back)
    _wait_until_heard(device, earphones, wording.SOUND_BACK)
    _described(device, earphones)


def test_what_is_stale_is_not_said(device: Device, earphones: Earphones) -> None:
    """What could not be said while there was no sound is not said later; a double press says it again."""
    device.use(voice={"device": PLAYED_TO})
    _, said = _described(device, earphones)
    gone = earphones.plug_out()
    device.guest.run("sleep", "2")
    began = device.button.double_press()
    device.service.wait_for("^answer: ", began, 20)
    device.service.wait_for("can't be played to", gone, 30)
    device.guest.run("sleep", "20")
    back = earphones.plug_in()
    device.service.wait_for("sound is back", back, 30)
    _wait_until_heard(device, earphones, wording.SOUND_BACK)
    device.guest.run("sleep", "3")
    assert share_heard(earphones.heard(), device.speech.of(said)) < 0.3
    since = earphones.mark()
    device.button.double_press()
    _wait_until_heard(device, earphones, said, since)


def _wait_until_it_speaks(device: Device, earphones: Earphones, since: int) -> None:
    """Until half a second has sounded: the tone, and the first word."""
    until = device.guest.now() + 20
    while len(earphones.heard(since)) < RATE // 2:
        assert device.guest.now() < until, "nothing was heard"
        time.sleep(0.05)


def _described(device: Device, earphones: Earphones) -> tuple[float, str]:
    """As Device.described(), through the earphones."""
    since, pressed = earphones.mark(), device.button.press()
    line = device.service.wait_for("^answer: ", pressed, 45)
    text = line.text.removeprefix("answer: ")
    assert text == device.sight()
    _wait_until_heard(device, earphones, text, since)
    return pressed, text


def test_the_sound_server_is_restarted(device: Device, earphones: Earphones, scenario: Scenario) -> None:
    """As the wearer's own user: PipeWire is restarted in mid-sentence, and the sentence is said again."""
    device.service.stop()
    with wearer.logged_in(device.guest) as user:
        device.use(voice={"device": wearer.PLAYED_TO})
        _, said = _described(device, earphones)
        since = earphones.mark()
        device.button.double_press()
        _wait_until_it_speaks(device, earphones, since)
        restarted, since = user.restart_sound_server(), earphones.mark()
        _wait_until_heard(device, earphones, said, since)
        scenario.took("restart to the end of the sentence", device.guest.now() - restarted)
        _described(device, earphones)
        device.service.stop()
