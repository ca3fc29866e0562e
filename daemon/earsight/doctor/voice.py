"""The checks of what speaks: sound output and speech engine."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from earsight.config.voice import VoiceSection
from earsight.doctor.finding import Finding, Status, finding
from earsight.message import message
from earsight.voice.alsa import check_device
from earsight.voice.first_that_speaks import FirstThatSpeaks
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
        told = finding("sound", Status.WARNING, message("doctor.sound.file_instead", file=str(instead)))
        return replace(told, detail=f"{told.detail}, since {error}", spoken=(error.spoken, *told.spoken))
    return Finding("sound", Status.OK, f"the device {section.device!r} plays")


def _check_file(path: Path) -> Finding:
    target = path if path.exists() else path.absolute().parent
    if os.access(target, os.W_OK):
        return Finding("sound", Status.OK, f"speech goes into the file {path}")
    detail = message("doctor.sound.unwritable", file=str(path))
    return finding("sound", Status.FAILURE, detail, message("doctor.sound.other_file"))


async def check_voice(section: VoiceSection, language: str) -> Finding:
    """Whether the speech engine speaks, and whether it is the best that is configured. Raises VoiceError."""
    synthesizer = build_synthesizer(section, language)
    began = time.perf_counter()
    try:
        sound = await synthesizer.synthesize("test", section.rate)
        engine = synthesizer.name
    finally:
        await synthesizer.close()
    took = time.perf_counter() - began
    made = f"{engine} made {sound.seconds:.1f} s of speech in {took * 1000:.0f} ms"
    if isinstance(synthesizer, FirstThatSpeaks) and synthesizer.passed_over:
        detail = f"{made}, since {synthesizer.passed_over[0]}"
        return Finding("voice", Status.WARNING, detail, spoken=(message("voice.backup"),))
    return Finding("voice", Status.OK, made)
