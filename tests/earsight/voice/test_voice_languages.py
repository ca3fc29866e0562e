"""A text that is read in another language than the wearer's has a voice of its own, if there is one."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest

from earsight.config.voice import AutoVoice, HibariVoice
from earsight.language.utterance import Priority, Quotation, Utterance
from earsight.system import time_limits
from earsight.voice.registry import build_reading_synthesizer
from earsight.voice.sound import EngineMissingError, Sound, joined
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome
from earsight.voice.voice import Voice
from tests.earsight.commands.process import SPEECH
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer


class Texts(ToneSynthesizer):
    """Remembers its texts."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.texts: list[str] = []

    async def synthesize(self, text: str, rate: int) -> Sound:
        self.texts.append(text)
        return await super().synthesize(text, rate)


READ = Utterance("Tulisan:", Priority.ANSWER, "id", quoted=Quotation("Exit.", "en"))


def spoken(own: Texts, others: dict[str, Texts]) -> tuple[list[str], FastPlayer]:
    """What began to sound when READ was said, by a voice for Indonesian."""
    heard: list[str] = []
    player = FastPlayer()

    def other(language: str) -> Texts:
        if language not in others:
            raise EngineMissingError("no such engine")
        return others[language]

    async def say() -> None:
        voice = Voice(own, player, language="id", others=other)
        speaker = Speaker(voice, on_sound=lambda _kind, text, _at: heard.append(str(text)))
        assert await speaker.say(READ) is Outcome.SPOKEN
        assert await speaker.say(Utterance("Selesai.", Priority.ANSWER, "id")) is Outcome.SPOKEN
        await speaker.close()

    asyncio.run(say())
    return heard, player


def test_each_part_is_said_by_the_voice_of_its_language() -> None:
    own, english = Texts(), Texts()
    heard, player = spoken(own, {"en": english})
    assert (own.texts, english.texts) == (["Tulisan:", "Selesai."], ["Exit."])
    assert heard == ["Tulisan: Exit.", "Selesai."]
    assert player.calls == 2, "the two parts must be one sound"
    assert own.closed
    assert english.closed


def test_without_such_a_voice_all_is_said_by_the_usual_one(caplog: pytest.LogCaptureFixture) -> None:
    own = Texts()
    with caplog.at_level(logging.WARNING):
        spoken(own, {})
    assert own.texts == ["Tulisan:", "Exit.", "Selesai."]
    assert len(caplog.records) == 1


def test_a_voice_that_fails_is_stood_in_for() -> None:
    own, english = Texts(), Texts(Fault.FAILS, Fault.FAILS)
    spoken(own, {"en": english})
    assert own.texts == ["Tulisan:", "Exit.", "Selesai."]


def test_sounds_of_several_rates_are_joined() -> None:
    wave = (1000 * np.sin(np.arange(8000) / 10)).astype(np.int16)
    whole = joined([Sound(wave, 16000), Sound(wave, 8000)])
    assert whole.rate == 16000
    assert whole.seconds == pytest.approx(1.5)
    assert np.abs(whole.samples[8000::2][:7000] - wave[:7000]).max() <= 1


@SPEECH
def test_an_engine_for_english_only_leaves_indonesian_to_espeak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "ESPEAK", 60.0)
    for section in (HibariVoice(engine="hibari"), AutoVoice()):
        engine = build_reading_synthesizer(section, "id")
        assert asyncio.run(engine.synthesize("Selamat pagi.", 175)).seconds > 0.3
        assert engine.name in ("espeak", "auto")
