import asyncio
import time
import wave
from itertools import chain, repeat

import numpy as np
import pytest

from earsight.scene import Priority, Utterance
from earsight.voice.earcons import Earcon, render
from earsight.voice.job import Outcome
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.stand_ins import until

LONG = "x" * 200  # ten seconds of tone, 0.2 s by the fast player


def narration(text="narration", expires_in=60.0):
    return Utterance(text, Priority.NARRATION, time.monotonic() + expires_in)


def notice(text="notice"):
    return Utterance(text, Priority.NOTICE)


def answer(text="answer"):
    return Utterance(text, Priority.ANSWER)


class Stage:
    """A speaker, with a record of what began to sound."""

    def __init__(self, synthesizer=None, player=None, **settings):
        self.synthesizer = synthesizer or ToneSynthesizer()
        self.player = player or FastPlayer()
        self.heard = []
        self.times = []
        self.changed = asyncio.Event()
        self.speaker = Speaker(self.synthesizer, self.player, on_sound=self.note, **settings)

    def note(self, kind, text, started_at):
        self.heard.append(text or kind)
        self.times.append(started_at)
        self.changed.set()

    def say(self, utterance):
        return asyncio.create_task(self.speaker.say(utterance))

    def earcon(self, earcon):
        return asyncio.create_task(self.speaker.earcon(earcon))

    async def until_heard(self, what):
        async with asyncio.timeout(20):
            while what not in self.heard:
                self.changed.clear()
                await self.changed.wait()


def on_stage(scenario, *args, **settings):
    async def run():
        stage = Stage(*args, **settings)
        try:
            async with asyncio.timeout(30):
                await scenario(stage)
        finally:
            await stage.speaker.close()
        assert stage.synthesizer.closed
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_a_text_is_spoken_and_reported():
    async def scenario(stage):
        assert await stage.speaker.say(answer("hello")) is Outcome.SPOKEN
        assert stage.heard == ["hello"]
        assert stage.speaker.tally == {Outcome.SPOKEN: 1}

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


def test_a_retry_is_not_made_when_it_would_come_too_late():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(narration(expires_in=0.1))
        assert stage.player.calls == 1

    on_stage(scenario, player=FastPlayer([Fault.HANGS]), playback_limit=0.2)


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

    on_stage(scenario, player=WavPlayer(tmp_path / "out.wav"), earcon_volume=1.0)
    with wave.open(str(tmp_path / "out.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    beep = render(Earcon.LOOK, 1.0).samples
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


def test_while_held_only_answers_begin():
    async def scenario(stage):
        with stage.speaker.hold():
            waiting = stage.say(narration())
            assert await stage.speaker.say(answer("a1")) is Outcome.SPOKEN
            await asyncio.sleep(0.05)
            assert stage.heard == ["a1"]
            assert await stage.speaker.say(narration("late", expires_in=0.02)) is Outcome.STALE
        assert await waiting is Outcome.SPOKEN
        assert stage.heard == ["a1", "narration"]

    on_stage(scenario)


@pytest.mark.parametrize("fault", [Fault.FAILS, Fault.HANGS])
def test_a_text_that_fails_is_retried_two_are_an_error_and_the_next_call_works(fault):
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.say(answer("first"))
        assert await stage.speaker.say(answer("second")) is Outcome.SPOKEN
        assert stage.heard == ["second"]
        assert stage.speaker.tally == {"failed": 1, "retried": 2, Outcome.SPOKEN: 1}

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
def test_a_rehearsal_asks_an_engine_that_hangs_only_once(fault, asked):
    synthesizer = ToneSynthesizer([fault] * 2)

    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.rehearse("it does not work")
        assert synthesizer.begun == asked

    on_stage(scenario, synthesizer, synthesis_limit=0.3, stuck_after=0.2)


def test_an_engine_whose_hanging_is_cut_short_by_the_next_press_is_found_out():
    async def scenario(stage):
        await stage.speaker.rehearse("it has worked")
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
            await stage.speaker.rehearse("it has worked")
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


def test_a_failing_earcon_is_an_error_and_not_played_late():
    async def scenario(stage):
        with pytest.raises(VoiceError):
            await stage.speaker.earcon(Earcon.ERROR)
        assert stage.player.calls == 1
        assert await stage.speaker.earcon(Earcon.ERROR) is Outcome.SPOKEN

    on_stage(scenario, player=FastPlayer([Fault.FAILS]))


def test_a_bug_in_an_engine_reaches_the_caller_and_not_the_next():
    class Broken(ToneSynthesizer):
        async def synthesize(self, text):
            if text == "bug":
                raise ZeroDivisionError
            return await super().synthesize(text)

    async def scenario(stage):
        with pytest.raises(ZeroDivisionError):
            await stage.speaker.say(answer("bug"))
        assert await stage.speaker.say(answer()) is Outcome.SPOKEN

    on_stage(scenario, Broken())


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
