"""The checks of what speaks: sound output and speech engine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from earsight.config.voice import VoiceSection
from earsight.doctor.finding import Finding, Status
from earsight.voice.alsa import check_device
from earsight.voice.registry import build_synthesizer, wav_file
from earsight.voice.sound import VoiceError


async def check_sound(section: VoiceSection) -> Finding:
    """Whether the configured output takes sound. Raises VoiceError when player alsa has no device."""
    if section.player == "wav":
        return _check_file(wav_file(section))
    try:
        await check_device(section.device)
    except VoiceError as error:
        if section.player == "alsa":
            raise
        instead = wav_file(section)
        if _check_file(instead).status is Status.FAILURE:
            raise
        detail = f"a service is silent, and at a terminal speech goes into the file {instead}, since {error}"
        return Finding("sound", Status.WARNING, detail)
    return Finding("sound", Status.OK, f"the device {section.device!r} plays")


def _check_file(path: Path) -> Finding:
    target = path if path.exists() else path.absolute().parent
    if os.access(target, os.W_OK):
        return Finding("sound", Status.OK, f"speech goes into the file {path}")
    return Finding(
        "sound", Status.FAILURE, f"the file {path} can't be written", "choose another with voice.wav_file"
    )


async def check_voice(section: VoiceSection, language: str) -> Finding:
    """Whether the speech engine speaks. Raises VoiceError."""
    synthesizer = build_synthesizer(section, language)
    began = time.perf_counter()
    try:
        sound = await synthesizer.synthesize("test", section.rate)
        engine = synthesizer.name
    finally:
        await synthesizer.close()
    took = time.perf_counter() - began
    return Finding(
        "voice", Status.OK, f"{engine} made {sound.seconds:.1f} s of speech in {took * 1000:.0f} ms"
    )
