"""Tones and words: which of them sounds first, and which waits."""

import asyncio
import wave

import numpy as np
import pytest

from earsight.voice.earcons import Earcon, render
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import EARCON_SHARE
from earsight.voice.speech_queue import Outcome
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.voice.speaker_stage import LONG, answer, narration, notice, on_stage


def test_an_earcon_sounds_at_once_and_the_answer_right_after_it(tmp_path):
    """Read back from the recording: the whole earcon, then the speech, nothing clipped or missing."""

    async def scenario(stage):
        sounding = stage.say(narration(LONG))
        await stage.until_heard(LONG)
        beep = stage.earcon(Earcon.LOOK)
        await asyncio.sleep(0)
        reply = stage.say(answer("ok"))
        assert [await beep, await reply] == [Outcome.SPOKEN] * 2
        assert await sounding is Outcome.INTERRUPTED
        assert stage.heard == [LONG, "look", "ok"]

    on_stage(scenario, player=WavPlayer(tmp_path / "out.wav"))
    with wave.open(str(tmp_path / "out.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    beep = render(Earcon.LOOK, EARCON_SHARE).samples
    speech = 2 * 1102
    assert np.array_equal(samples[-len(beep) - speech : -speech], beep)
    assert 7000 < np.abs(samples[-speech:]).max() <= 8000


def test_speech_is_synthesized_while_the_earcon_sounds():
    async def scenario(stage):
        beep = stage.earcon(Earcon.LOOK)
        reply = stage.say(answer())
        await stage.until_heard("look")
        await asyncio.sleep(0.03)
        assert stage.synthesizer.calls == 1
        assert stage.heard == ["look"]
        assert not beep.done()
        await asyncio.gather(beep, reply)
        assert stage.heard == ["look", "answer"]

    on_stage(scenario, player=FastPlayer(speed=0.3))


@pytest.mark.parametrize("kind", [narration, notice, answer])
def test_an_earcon_interrupts_what_is_said(kind):
    async def scenario(stage):
        first = stage.say(kind(LONG))
        await stage.until_heard(LONG)
        assert await stage.speaker.earcon(Earcon.LOOK) is Outcome.SPOKEN
        assert await first is Outcome.INTERRUPTED
        assert stage.heard == [LONG, "look"]

    on_stage(scenario)


def test_the_newest_earcon_is_the_one_that_sounds():
    async def scenario(stage):
        first, second, third = (stage.earcon(e) for e in (Earcon.LOOK, Earcon.ERROR, Earcon.READY))
        assert await asyncio.gather(first, second, third) == [Outcome.DROPPED] * 2 + [Outcome.SPOKEN]

    on_stage(scenario)


def test_an_earcon_leaves_what_is_being_synthesized_alone():
    async def scenario(stage):
        stage.say(notice(LONG))
        await stage.until_heard(LONG)
        waiting = stage.say(notice("waiting"))
        await asyncio.sleep(0.01)
        assert await stage.speaker.earcon(Earcon.LOOK) is Outcome.SPOKEN
        assert await waiting is Outcome.SPOKEN
        assert stage.heard == [LONG, "look", "waiting"]
        assert stage.synthesizer.begun == 2

    on_stage(scenario, ToneSynthesizer(delay=0.05))


def test_while_a_press_is_answered_only_answers_begin():
    async def scenario(stage):
        with stage.speaker.only_answers():
            waiting = stage.say(narration())
            assert await stage.speaker.say(answer("a1")) is Outcome.SPOKEN
            await asyncio.sleep(0.05)
            assert stage.heard == ["a1"]
            assert await stage.speaker.say(narration("late", expires_in=0.02)) is Outcome.STALE
        assert await waiting is Outcome.SPOKEN
        assert stage.heard == ["a1", "narration"]

    on_stage(scenario)


def test_a_failing_earcon_is_an_error_and_not_played_late():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.earcon(Earcon.ERROR)
        assert stage.player.calls == 1
        assert await stage.speaker.earcon(Earcon.ERROR) is Outcome.SPOKEN

    on_stage(scenario, player=FastPlayer([Fault.FAILS]))
