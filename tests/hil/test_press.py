"""A press, and what the wearer hears of it."""

from __future__ import annotations

import pytest

from earsight.voice.earcons import Earcon
from tests.hil.device import MODEL_THAT_SHIPS, Device
from tests.hil.record import Scenario


@pytest.mark.core
def test_a_press_is_answered(device: Device, scenario: Scenario) -> None:
    """A press is answered by a tone and by the caption's own words, from the first syllable on."""
    device.use()
    pressed, said = device.described()
    tone = device.hears_tone(Earcon.LOOK, pressed)
    speech = device.hears(said, pressed)  # from its first piece on
    scenario.took("press to tone", tone.at - pressed)
    scenario.took("press to first word", speech.at - pressed)
    assert tone.at < speech.at


@pytest.mark.core
def test_another_sight_has_other_words(device: Device) -> None:
    """What is said follows what is seen, and no other sentence is mistaken for it."""
    device.use()
    _, first = device.described()
    device.camera.show(1)
    pressed, second = device.described()
    assert first != second
    assert not device.has_heard(first, pressed)
    assert not device.has_heard(second.replace("the", "a"), pressed)


def test_the_model_that_ships(device: Device, scenario: Scenario) -> None:
    """A press is answered by the built-in model's own words. All other scenarios have one for emulation."""
    with device.service.patient():
        device.use(captioner=MODEL_THAT_SHIPS)
        pressed, said = device.described_somehow(240)
        scenario.took("press to first word", device.hears(said, pressed).at - pressed)
