import asyncio
import time
import wave

import numpy as np
import pytest

from earsight.voice.sound import VoiceError
from earsight.voice.speech_queue import Outcome
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.voice.speaker_stage import LONG, answer, narration, notice, on_stage


def test_a_text_is_spoken():
    async def scenario(stage):
        assert await stage.speaker.say(answer("hello")) is Outcome.SPOKEN
        assert stage.heard == ["hello"]

    on_stage(scenario)


def test_what_waits_is_said_by_priority_and_then_by_age():
    async def scenario(stage):
        first = stage.say(notice(LONG))
        await stage.until_heard(LONG)
        waiting = [stage.say(u) for u in (narration("n1"), narration("n2"), notice("o1"), notice("o2"))]
        assert await asyncio.gather(first, *waiting) == [Outcome.SPOKEN] * 5
        assert stage.heard == [LONG, "o1", "o2", "n1", "n2"]

    on_stage(scenario)


@pytest.mark.parametrize("kind", [narration, notice, answer])
def test_an_answer_interrupts_what_is_said(kind):
    async def scenario(stage):
        first = stage.say(kind(LONG))
        await stage.until_heard(LONG)
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert await first is Outcome.INTERRUPTED
        assert stage.heard == [LONG, "answer"]

    on_stage(scenario)


def test_a_newer_answer_replaces_one_that_is_not_synthesized_yet():
    async def scenario(stage):
        old, new = stage.say(answer("old")), stage.say(answer("new"))
        assert [await old, await new] == [Outcome.DROPPED, Outcome.SPOKEN]
        assert stage.heard == ["new"]

    on_stage(scenario, ToneSynthesizer(delay=0.05))


def test_narration_waits_for_an_answer():
    async def scenario(stage):
        first = stage.say(answer(LONG))
        await stage.until_heard(LONG)
        assert await stage.speaker.say(narration()) is Outcome.SPOKEN
        assert await first is Outcome.SPOKEN
        assert stage.heard == [LONG, "narration"]

    on_stage(scenario)


def test_narration_that_is_being_synthesized_waits_for_an_answer_instead_of_being_lost():
    async def scenario(stage):
        early = stage.say(narration())
        await asyncio.sleep(0.01)
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert await early is Outcome.SPOKEN
        assert stage.heard == ["answer", "narration"]

    on_stage(scenario, ToneSynthesizer(delay=0.05))


def test_what_comes_too_late_is_never_said():
    async def scenario(stage):
        sounding = stage.say(answer(LONG))
        await stage.until_heard(LONG)
        assert await stage.speaker.say(narration("late", expires_in=0.02)) is Outcome.STALE
        assert not sounding.done(), "staleness is known when it comes about"
        assert await stage.speaker.say(narration("late", expires_in=-1)) is Outcome.STALE
        await sounding
        assert stage.heard == [LONG]

    on_stage(scenario)


def test_silence_stops_what_sounds_and_drops_the_waiting_answer():
    async def scenario(stage):
        sounding = stage.say(notice(LONG))
        await stage.until_heard(LONG)
        stage.speaker.silence()
        assert await sounding is Outcome.INTERRUPTED
        dropped = stage.say(answer("dropped"))
        await asyncio.sleep(0)
        stage.speaker.silence()
        assert await dropped is Outcome.DROPPED
        stage.speaker.silence()
        assert await stage.speaker.say(answer("after")) is Outcome.SPOKEN
        assert stage.heard == [LONG, "after"]

    on_stage(scenario, ToneSynthesizer(delay=0.01))


def test_silence_twice_does_not_disturb_the_player_that_gives_its_device_back():
    class Slow(FastPlayer):
        given_back = False

        async def play(self, sound, started):
            try:
                await super().play(sound, started)
            finally:
                await asyncio.sleep(0.05)
                self.given_back = True

    async def scenario(stage):
        sounding = stage.say(answer(LONG))
        await stage.until_heard(LONG)
        for _ in range(3):
            stage.speaker.silence()
            await asyncio.sleep(0.01)
        assert await sounding is Outcome.INTERRUPTED
        assert stage.player.given_back

    on_stage(scenario, player=Slow())


def test_silence_cuts_a_recording_short(tmp_path):
    async def scenario(stage):
        sounding = stage.say(answer(LONG))
        await stage.until_heard(LONG)
        stage.speaker.silence()
        assert await sounding is Outcome.INTERRUPTED
        with wave.open(str(tmp_path / "out.wav")) as file:
            assert file.getnframes() / file.getframerate() < 5

    on_stage(scenario, player=WavPlayer(tmp_path / "out.wav"))


def test_cancelling_say_stops_or_withdraws_it():
    async def scenario(stage):
        sounding, waiting = stage.say(narration(LONG)), stage.say(narration("never"))
        await stage.until_heard(LONG)
        for task in (waiting, sounding):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await stage.speaker.say(narration("next")) is Outcome.SPOKEN
        assert stage.heard == [LONG, "next"]

    on_stage(scenario)


def test_closing_resolves_all_and_refuses_more():
    async def scenario(stage):
        tasks = [stage.say(u) for u in (notice(LONG), narration(), notice())]
        await stage.until_heard(LONG)
        await stage.speaker.close()
        assert await asyncio.gather(*tasks) == [Outcome.INTERRUPTED, Outcome.DROPPED, Outcome.DROPPED]
        with pytest.raises(VoiceError, match="closed"):
            await stage.speaker.say(answer())

    on_stage(scenario)


def test_volume_and_lead_in_shape_the_speech(tmp_path):
    async def scenario(stage):
        before = time.monotonic()
        await stage.speaker.say(answer("ok"))
        assert stage.times[0] >= before + 0.1, "the lead-in is not yet speech"

    player = WavPlayer(tmp_path / "out.wav", real_time=False)
    on_stage(scenario, player=player, volume=0.5, lead_in=0.1)
    with wave.open(str(tmp_path / "out.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert not samples[:2205].any()
    assert 3900 < np.abs(samples[2205:]).max() <= 4000
