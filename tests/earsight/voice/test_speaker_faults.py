"""Engines and players that fail, hang or are slow: what is said all the same."""

import asyncio
from itertools import chain, repeat

import pytest

from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speech_queue import Outcome
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.stand_ins import until
from tests.earsight.voice.speaker_stage import answer, narration, on_stage


def test_a_retry_is_not_made_when_it_would_come_too_late():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(narration(expires_in=0.1))
        assert stage.player.calls == 1

    on_stage(scenario, player=FastPlayer([Fault.HANGS]), playback_limit=0.2)


@pytest.mark.parametrize("fault", [Fault.FAILS, Fault.HANGS])
def test_a_text_that_fails_is_retried_two_are_an_error_and_the_next_call_works(fault):
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(answer("first"))
        assert await stage.speaker.say(answer("second")) is Outcome.SPOKEN
        assert stage.heard == ["second"]
        assert stage.synthesizer.calls == 4

    on_stage(scenario, ToneSynthesizer([fault] * 3), synthesis_limit=0.4)


@pytest.mark.parametrize("fault", [Fault.FAILS, Fault.HANGS])
def test_words_wait_for_a_device_that_comes_back(fault):
    async def scenario(stage):
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert stage.heard == ["answer"]
        assert stage.player.calls == 4
        assert stage.speaker.silent is None

    on_stage(scenario, player=FastPlayer([fault] * 3), playback_limit=0.1)


def test_words_wait_for_a_device_no_longer_than_they_are_true():
    async def scenario(stage):
        with pytest.raises(VoiceError, match="injected"):
            await stage.speaker.say(narration(expires_in=1.5))
        assert 2 <= stage.player.calls <= 4
        assert "injected" in stage.speaker.silent
        with pytest.raises(VoiceError):
            await stage.speaker.earcon(Earcon.READY)
        stage.player.mend()
        await stage.speaker.earcon(Earcon.READY)
        assert stage.speaker.silent is None

    on_stage(scenario, player=FastPlayer(repeat(Fault.FAILS)))


def test_a_failure_that_goes_on_is_told_from_a_new_one():
    async def scenario(stage):
        async def failing():
            with pytest.raises(VoiceError) as failed:
                await stage.speaker.earcon(Earcon.READY)
            return failed.value.repeated

        assert [await failing(), await failing()] == [False, True]
        stage.player.mend()
        await stage.speaker.earcon(Earcon.READY)
        stage.player.fail()
        assert [await failing(), await failing()] == [False, True]

    on_stage(scenario, player=FastPlayer(repeat(Fault.FAILS)))


def test_a_newer_answer_does_not_wait_for_a_device_with_the_older():
    async def scenario(stage):
        old = stage.say(answer("old"))
        await until(lambda: stage.speaker.silent is not None)
        assert not stage.speaker.idle
        stage.player.mend()
        assert await stage.speaker.say(answer("new")) is Outcome.SPOKEN
        assert await old is Outcome.DROPPED  # none of it has sounded
        assert stage.heard == ["new"]
        assert stage.speaker.idle

    on_stage(scenario, player=FastPlayer(repeat(Fault.FAILS)))


def test_an_engine_that_is_stuck_twice_counts_as_hung_until_it_finishes_a_text():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(answer())
        assert stage.speaker.hung
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN
        assert not stage.speaker.hung

    on_stage(scenario, ToneSynthesizer([Fault.HANGS] * 2), synthesis_limit=0.3, stuck_after=0.2)


@pytest.mark.parametrize(("fault", "asked"), [(Fault.HANGS, 1), (Fault.FAILS, 2)])
def test_a_check_asks_an_engine_that_hangs_only_once(fault, asked):
    synthesizer = ToneSynthesizer([fault] * 2)

    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.check("it does not work")
        assert synthesizer.begun == asked

    on_stage(scenario, synthesizer, synthesis_limit=0.3, stuck_after=0.2)


def test_an_engine_whose_hanging_is_cut_short_by_the_next_press_is_found_out():
    async def scenario(stage):
        await stage.speaker.check("it has worked")
        presses = []
        for _ in range(3):
            presses.append(stage.say(answer()))
            await asyncio.sleep(0.3)
        assert stage.speaker.hung

    on_stage(scenario, ToneSynthesizer(chain([Fault.NONE], repeat(Fault.HANGS))), stuck_after=0.2)


@pytest.mark.parametrize("first", [True, False])
def test_a_slow_engine_that_presses_call_off_is_not_hung(first):
    """It may need long for its first text, and then as long as it needed before."""

    async def scenario(stage):
        if not first:
            await stage.speaker.check("it has worked")
        presses = []
        for _ in range(4):
            presses.append(stage.say(answer()))
            await asyncio.sleep(0.3)
        assert not stage.speaker.hung

    on_stage(scenario, ToneSynthesizer(delay=0.4), stuck_after=0.1)


def test_neither_failures_nor_many_quick_presses_look_like_a_hung_engine():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(answer())
        for _ in range(20):
            stage.say(answer())
            await asyncio.sleep(0.005)
        assert not stage.speaker.hung

    on_stage(scenario, ToneSynthesizer([Fault.FAILS] * 2, delay=0.05), stuck_after=10.0)


def test_a_press_is_answered_while_the_player_hangs():
    async def scenario(stage):
        hung = stage.say(answer("hung"))
        await asyncio.sleep(0.05)
        stage.speaker.silence()
        assert await stage.speaker.say(answer("heard")) is Outcome.SPOKEN
        assert await hung is Outcome.DROPPED

    on_stage(scenario, player=FastPlayer([Fault.HANGS]))


def test_a_bug_in_an_engine_is_an_error_of_the_voice_and_the_next_text_is_spoken():
    class Broken(ToneSynthesizer):
        async def synthesize(self, text, rate):
            if text == "bug":
                raise ZeroDivisionError
            return await super().synthesize(text, rate)

    async def scenario(stage):
        with pytest.raises(VoiceError, match="ZeroDivisionError"):
            await stage.speaker.say(answer("bug"))
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN

    on_stage(scenario, Broken())
