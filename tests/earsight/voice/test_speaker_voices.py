"""A speaker whose voice is replaced, and which speaks faster or louder."""

import asyncio
import wave
from itertools import repeat

import numpy as np
import pytest

from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speech_queue import Outcome
from earsight.voice.voice import Voice
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.stand_ins import until
from tests.earsight.voice.speaker_stage import LONG, answer, narration, notice, on_stage


class New:
    """A second voice for the stage."""

    def __init__(self, synthesizer=None, player=None):
        self.synthesizer = synthesizer or ToneSynthesizer()
        self.player = player or FastPlayer()
        self.voice = Voice(self.synthesizer, self.player, replay_for=0.0)

    @property
    def closed(self):
        return self.synthesizer.closed and self.player.closed


def test_a_voice_that_was_heard_replaces_the_one_before():
    async def scenario(stage):
        new = New()
        assert await stage.speaker.try_voice(new.voice, notice("new")) is Outcome.SPOKEN
        await until(lambda: stage.synthesizer.closed)
        assert stage.player.closed
        assert await stage.speaker.say(answer("later")) is Outcome.SPOKEN
        assert (stage.synthesizer.calls, new.synthesizer.calls) == (0, 2)
        assert stage.heard == ["new", "later"]
        await stage.speaker.close()
        assert new.closed

    on_stage(scenario)


@pytest.mark.parametrize("part", ["synthesizer", "player"])
def test_a_voice_that_can_not_be_heard_is_closed_and_the_one_before_stays(part):
    async def scenario(stage):
        broken = (ToneSynthesizer if part == "synthesizer" else FastPlayer)(repeat(Fault.FAILS))
        new = New(**{part: broken})
        with pytest.raises(VoiceError, match="injected"):
            await stage.speaker.try_voice(new.voice, notice("new"))
        assert new.closed
        assert await stage.speaker.say(answer("later")) is Outcome.SPOKEN
        assert stage.heard == ["later"]

    on_stage(scenario)


def test_a_new_voice_waits_for_what_sounds():
    async def scenario(stage):
        sounding = stage.say(narration(LONG))
        await stage.until_heard(LONG)
        new = New()
        assert await stage.speaker.try_voice(new.voice, notice("new")) is Outcome.SPOKEN
        assert sounding.done()
        assert stage.heard == [LONG, "new"]

    on_stage(scenario)


def test_a_press_before_the_new_voice_was_heard_is_answered_by_the_old_one():
    async def scenario(stage):
        new = New(ToneSynthesizer(delay=0.1))
        trying = asyncio.create_task(stage.speaker.try_voice(new.voice, notice("new")))
        await until(lambda: new.synthesizer.begun == 1)
        with stage.speaker.only_answers():
            assert await stage.speaker.earcon(Earcon.LOOK) is Outcome.SPOKEN
            assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert stage.synthesizer.calls == 1
        assert await trying is Outcome.SPOKEN
        assert stage.heard == ["look", "answer", "new"]

    on_stage(scenario)


def test_a_press_while_the_new_voice_speaks_is_answered_by_it():
    async def scenario(stage):
        new = New()
        trying = asyncio.create_task(stage.speaker.try_voice(new.voice, notice(LONG)))
        await stage.until_heard(LONG)
        assert await stage.speaker.earcon(Earcon.LOOK) is Outcome.SPOKEN
        assert await trying is Outcome.INTERRUPTED  # it was heard
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert new.synthesizer.calls == 2
        assert stage.heard == [LONG, "look", "answer"]

    on_stage(scenario)


def test_a_new_voice_whose_device_was_still_opening_when_a_press_came_is_tried_again():
    class SlowToOpen(FastPlayer):
        opening = 0

        async def play(self, sound, started):
            self.opening += 1
            await asyncio.sleep(0.1)
            await super().play(sound, started)

    async def scenario(stage):
        new = New(player=SlowToOpen())
        trying = asyncio.create_task(stage.speaker.try_voice(new.voice, notice("new")))
        await until(lambda: new.player.opening == 1)
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        stage.speaker.silence()
        assert await trying is Outcome.SPOKEN
        assert stage.heard == ["answer", "new"]

    on_stage(scenario)


def test_the_voice_before_ends_what_it_is_saying():
    async def scenario(stage):
        sounding = stage.say(answer(LONG))
        await stage.until_heard(LONG)
        await stage.speaker.use(New().voice)
        assert await sounding is Outcome.SPOKEN
        assert stage.player.closed
        assert stage.player.cut_off == 0

    on_stage(scenario)


def test_closing_ends_a_voice_that_is_tried():
    async def scenario(stage):
        new = New(player=FastPlayer([Fault.HANGS]))
        trying = asyncio.create_task(stage.speaker.try_voice(new.voice, notice("new")))
        await until(lambda: new.player.calls == 1)
        await stage.speaker.close()
        with pytest.raises(VoiceError, match="closed"):
            await trying
        assert new.closed

    on_stage(scenario)


def test_a_voice_that_can_not_be_closed_is_no_error():
    class Stubborn(FastPlayer):
        async def close(self):
            await super().close()
            raise OSError("the device is gone")

    async def scenario(stage):
        await stage.speaker.use(New().voice)
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN

    on_stage(scenario, player=Stubborn())


def test_the_rate_changes_from_the_next_text_on():
    async def scenario(stage):
        await stage.speaker.say(answer("one"))
        stage.speaker.set_rate(300)
        await stage.speaker.say(answer("two"))
        assert stage.synthesizer.rates == [250, 300]

    on_stage(scenario, rate=250)


def test_the_volume_changes_from_the_next_sound_on(tmp_path):
    """Also of a text that was synthesized before."""

    async def scenario(stage):
        first, second = stage.say(notice("xx")), stage.say(notice("xx"))
        await until(lambda: stage.synthesizer.calls == 2)
        stage.speaker.set_volume(0.25)
        await asyncio.gather(first, second)

    on_stage(scenario, player=WavPlayer(tmp_path / "out.wav"))
    with wave.open(str(tmp_path / "out.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    loud, quiet = np.abs(samples[: len(samples) // 2]).max(), np.abs(samples[len(samples) // 2 :]).max()
    assert loud == pytest.approx(4 * quiet, rel=0.01)
