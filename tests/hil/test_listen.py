"""Voice commands: spoken into the other end of the loopback card, heard by its microphone."""

from __future__ import annotations

import pytest

from earsight.voice import riff
from earsight.voice.earcons import Earcon
from tests.earsight.words import english
from tests.hil.device import Device
from tests.hil.ear import RATE
from tests.hil.recorder import CARD

_MICROPHONE, _MOUTH = f"plughw:CARD={CARD},DEV=0", f"plughw:CARD={CARD},DEV=1"
"""What is played to one device of the card is recorded from the other; the ear is at the opposite pair."""

_LISTENS = {"microphone": {"source": "alsa", "device": _MICROPHONE, "longest": 15.0}}

_LIMIT = 120.0
"""Seconds from the command to the end of its answer: an emulated processor takes long to load the model."""


def _say(device: Device, text: str) -> None:
    """Speak into the microphone."""
    samples = device.speech.of(text, "en-us")
    wav = riff.header(len(samples), RATE) + samples.astype("<i2").tobytes()
    (device.guest.shared / "command.wav").write_bytes(wav)
    device.guest.run("aplay", "-q", "-D", _MOUTH, "/hil/command.wav", limit=_LIMIT)


@pytest.mark.core
def test_a_command_is_done(device: Device) -> None:
    """`earsight do listen`: a tone, the command, a tone, and its answer; nothing of it is in the journal."""
    device.use(**_LISTENS)
    asked = device.guest.run("earsight", "do", "listen").began
    device.hears_tone(Earcon.LISTENING, asked)
    _say(device, "tell me more")
    device.hears_tone(Earcon.HEARD, asked, _LIMIT)
    device.hears_tone(Earcon.LOOK, asked, _LIMIT)


def test_silence_and_no_microphone(device: Device) -> None:
    """Nobody speaks; and a microphone that is not there."""
    device.use(**_LISTENS)
    asked = device.guest.run("earsight", "do", "listen").began
    device.hears(english("listen.nothing"), asked, _LIMIT)
    device.use(microphone={"source": "alsa", "device": "plughw:CARD=NoSuch"})
    asked = device.guest.run("earsight", "do", "listen").began
    device.hears(english("listen.microphone_broken"), asked, _LIMIT)
