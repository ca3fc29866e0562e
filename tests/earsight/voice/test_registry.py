"""What is built for which settings."""

import asyncio
import json
import os
import stat
from typing import get_args

import pytest

from earsight.config.schema import Config
from earsight.config.section import section_kinds
from earsight.config.voice import AutoVoice, EspeakVoice, PiperVoice, VoiceSection
from earsight.voice.first_that_speaks import FirstThatSpeaks
from earsight.voice.registry import PLAYERS, SYNTHESIZERS, build_synthesizer
from earsight.voice.sound import VoiceError
from tests.earsight.fakes import Fault, ToneSynthesizer


def test_every_name_that_the_settings_take_is_registered():
    kinds = section_kinds(Config.model_fields["voice"].annotation)
    engines = [get_args(kind.model_fields["engine"].annotation)[0] for kind in kinds]
    assert engines == list(SYNTHESIZERS)
    assert set(get_args(VoiceSection.model_fields["player"].annotation)) == set(PLAYERS)


@pytest.fixture
def mouse_tool(tmp_path, monkeypatch):
    """Debian's `piper`, which configures gaming mice, as it behaves without a display."""
    program = tmp_path / "bin" / "piper"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'Unable to init server: Could not connect' >&2\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "en_GB-test.onnx"
    path.write_bytes(b"onnx")
    path.with_name(path.name + ".json").write_text(json.dumps({"espeak": {"voice": "en-gb-x-rp"}}))
    return path


@pytest.mark.usefixtures("mouse_tool")
def test_the_mouse_tool_piper_is_no_voice(model, caplog):
    voice = build_synthesizer(AutoVoice(piper_model=model), "en")
    assert asyncio.run(voice.synthesize("hello", 175)).seconds > 0.1
    assert "Unable to init server" in caplog.text


def test_a_piper_voice_is_chosen_by_language(model):
    section = PiperVoice(engine="piper", piper_model={"id": model})
    with pytest.raises(VoiceError, match="speaks en, not id"):
        build_synthesizer(section, "id")
    with pytest.raises(VoiceError, match=r"voice\.piper_model has no Piper voice for the language en"):
        build_synthesizer(section, "en")


def test_a_configured_engine_is_not_replaced_by_another():
    assert not isinstance(build_synthesizer(EspeakVoice(engine="espeak"), "en"), FirstThatSpeaks)


def test_an_engine_that_has_spoken_is_kept():
    first, second = ToneSynthesizer([Fault.NONE, Fault.FAILS]), ToneSynthesizer()

    async def scenario():
        voice = FirstThatSpeaks([lambda: first, lambda: second])
        await voice.synthesize("one", 175)
        with pytest.raises(VoiceError):
            await voice.synthesize("two", 175)
        await voice.synthesize("three", 175)
        await voice.close()

    asyncio.run(scenario())
    assert (first.calls, second.calls, first.closed) == (3, 0, True)


def test_an_engine_that_fails_at_first_is_closed_and_the_next_one_speaks():
    first, second = ToneSynthesizer([Fault.FAILS]), ToneSynthesizer([Fault.FAILS])

    async def scenario():
        voice = FirstThatSpeaks([lambda: first, lambda: second])
        with pytest.raises(VoiceError):  # the last is kept, whatever it does
            await voice.synthesize("one", 175)
        await voice.synthesize("two", 175)

    asyncio.run(scenario())
    assert (first.calls, second.calls, first.closed, second.closed) == (1, 2, True, False)
