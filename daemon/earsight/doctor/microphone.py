"""The check of the microphone, and of what recognises voice commands."""

from __future__ import annotations

import contextlib

import numpy as np

from earsight.actions import ACTIONS
from earsight.config.microphone import MicrophoneSection
from earsight.doctor.finding import Finding, Status, finding
from earsight.listening.grammar import Grammar
from earsight.listening.microphone import FRAME_SAMPLES, RATE
from earsight.listening.recogniser import Recogniser
from earsight.listening.registry import MICROPHONES
from earsight.message import message

_SECONDS = 1.0
_SILENT = 1
"""Of 32768: a microphone that is switched off gives nothing but zeros, and any other one hisses."""


async def check_microphone(section: MicrophoneSection) -> Finding | None:
    """Whether it hears something, and commands can be recognised; None where the settings have none.

    Raises:
        MicrophoneError: It does not record.
        RecogniserError: Commands can't be recognised.
    """
    if section.source == "none":
        return None
    await _check_recogniser()
    async with contextlib.aclosing(MICROPHONES[section.source](section).record()) as frames:
        heard = [await anext(frames) for _ in range(round(_SECONDS * RATE / FRAME_SAMPLES))]
    loudest = int(np.abs(np.frombuffer(b"".join(heard), "<i2").astype(np.int32)).max())
    if loudest <= _SILENT:
        return finding(
            "microphone",
            Status.WARNING,
            message("doctor.microphone.silent"),
            message("doctor.microphone.switch_on"),
        )
    level = 20 * np.log10(loudest / 32768)
    return Finding("microphone", Status.OK, f"it hears something, at most {level:.0f} dB of full scale")


async def _check_recogniser() -> None:
    recogniser = Recogniser(Grammar(ACTIONS))
    try:
        await recogniser.begin()
        await recogniser.answer()
    finally:
        await recogniser.close()
