"""Earphones and sound cards, which come and go."""

from __future__ import annotations

import time

import pytest

from tests.earsight.words import english
from tests.hil import wearer
from tests.hil.device import Device
from tests.hil.ear import HEARD_MOST, RATE, share_heard
from tests.hil.installation import Installation
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
    gone = earphones.plug_out()
    assert share_heard(earphones.heard(since), device.speech.of(said)) < HEARD_MOST
    device.service.wait_for("does not play", gone, 30)
    device.guest.run("sleep", "10")  # until it is not tried again
    assert device.service.times_said(said, again) == 1
    assert device.service.state() == "active"
    back = earphones.plug_in()
    words = device.service.wait_for("sound is back", back, 30)
    scenario.took("plugged in to the sound", words.at - back)
    _wait_until_heard(device, earphones, english("sound.back"))
    _described(device, earphones)
    assert scenario.timings["plugged in to the sound"] <= device.within(BACK_WITHIN)


def test_no_card_at_the_start(device: Device, earphones: Earphones, scenario: Scenario) -> None:
    """No sound card when the service starts: it starts all the same, and speaks when there is one."""
    device.service.stop()
    earphones.plug_out()
    device.use(voice={"device": PLAYED_TO, "player": "auto"})
    device.guest.run("sleep", "3")
    back = earphones.plug_in()
    words = device.service.wait_for("sound is back", back, 30)
    scenario.took("plugged in to the sound", words.at - back)
    _wait_until_heard(device, earphones, english("sound.back"))
    _described(device, earphones)


def test_what_is_stale_is_not_said(device: Device, earphones: Earphones) -> None:
    """What could not be said while there was no sound is not said later; a double press says it again."""
    device.use(voice={"device": PLAYED_TO})
    _, said = _described(device, earphones)
    gone = earphones.plug_out()
    device.guest.run("sleep", "2")
    began = device.button.double_press()
    device.service.wait_for("^answer: ", began, 20)
    device.service.wait_for("does not play", gone, 30)
    device.guest.run("sleep", "20")
    back = earphones.plug_in()
    device.service.wait_for("sound is back", back, 30)
    _wait_until_heard(device, earphones, english("sound.back"))
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


def _described(device: Device, earphones: Earphones, seconds: float = 0.12) -> tuple[float, str]:
    """As Device.described(), through the earphones; after a press of so many seconds."""
    since, pressed = earphones.mark(), device.button.press(seconds)
    line = device.service.wait_for("^answer: ", pressed, 45)
    text = line.text.removeprefix("answer: ")
    assert text.startswith(device.sight()) if seconds > 1 else text == device.sight()
    _wait_until_heard(device, earphones, text, since)
    return pressed, text


def _restarted(
    device: Device,
    earphones: Earphones,
    scenario: Scenario,
    installation: Installation,
    server: wearer.SoundServer,
) -> None:
    device.service.stop()
    with wearer.logged_in(device.guest, installation, server) as user:
        device.use(voice={"device": "default"})
        _, said = _described(device, earphones, 1.2)  # more words, so that there is a middle
        since = earphones.mark()
        device.button.double_press()
        _wait_until_it_speaks(device, earphones, since)
        cut_off = share_heard(earphones.heard(since), device.speech.of(said))
        since, restarted = earphones.mark(), user.restart_sound_server()
        assert cut_off < 1 - HEARD_MOST  # so that what follows is more than the rest of it
        _wait_until_heard(device, earphones, said, since)
        scenario.took("restart to the end of the sentence", device.guest.now() - restarted)
        _described(device, earphones)
        device.service.stop()


def test_pipewire_is_restarted(
    device: Device, earphones: Earphones, scenario: Scenario, installation: Installation
) -> None:
    """As the wearer's own user: PipeWire is restarted in mid-sentence, and the sentence is said again."""
    _restarted(device, earphones, scenario, installation, wearer.PIPEWIRE)


@pytest.mark.usefixtures("thrown_away")
def test_pulseaudio_is_restarted(
    device: Device, earphones: Earphones, scenario: Scenario, installation: Installation
) -> None:
    """As the wearer's own user: PulseAudio is restarted in mid-sentence, and the sentence is said again."""
    wearer.install_pulseaudio(device.guest)
    _restarted(device, earphones, scenario, installation, wearer.PULSEAUDIO)
