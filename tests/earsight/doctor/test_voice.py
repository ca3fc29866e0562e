"""The doctor and sound."""

from __future__ import annotations

import asyncio
import re
import wave
from pathlib import Path

import pytest

from earsight.config.schema import Config
from earsight.doctor import voice
from earsight.doctor.finding import Status
from earsight.voice.sound import VoiceError
from tests.earsight.doctor.boards import config


def test_speech_into_a_file(tmp_path: Path) -> None:
    settings = config(voice={"player": "wav", "wav_file": tmp_path / "speech.wav"})
    assert asyncio.run(voice.check_sound(settings.voice)).status is Status.OK
    settings = config(voice={"player": "wav", "wav_file": tmp_path / "none" / "speech.wav"})
    finding = asyncio.run(voice.check_sound(settings.voice))
    assert finding.status is Status.FAILURE
    assert "voice.wav_file" in finding.advice


def test_a_sound_device_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VoiceError):
        asyncio.run(voice.check_sound(config(voice={"player": "alsa", "device": "no_such_card"}).voice))
    wav = tmp_path / "speech.wav"
    settings = config(voice={"player": "auto", "device": "no_such_card", "wav_file": wav})
    finding = asyncio.run(voice.check_sound(settings.voice))
    assert finding.status is Status.WARNING
    assert str(wav) in finding.detail


def test_the_voice_speaks_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match="espeak-ng is not installed"):
        asyncio.run(voice.check_voice(Config().voice, "en"))
    with wave.open(str(tmp_path / "test.wav"), "wb") as speech:
        speech.setparams((1, 2, 22050, 0, "NONE", "NONE"))
        speech.writeframes(b"\1\2" * 2205)
    program.write_text(f"#!/bin/sh\nexec /bin/cat '{tmp_path}/test.wav'\n", encoding="utf-8")
    program.chmod(0o755)
    finding = asyncio.run(voice.check_voice(Config().voice, "en"))
    assert finding.status is Status.OK
    assert re.fullmatch(r"espeak made 0\.1 s of speech in \d+ ms", finding.detail)


def test_a_piper_voice_that_does_not_speak_is_told_though_another_engine_does(tmp_path: Path) -> None:
    settings = config(voice={"piper_model": tmp_path / "none.onnx"})
    finding = asyncio.run(voice.check_voice(settings.voice, "en"))
    assert finding.status is Status.WARNING
    assert re.match(r"espeak made .* ms, since the Piper voice .*none\.onnx", finding.detail)
    assert finding.spoken
