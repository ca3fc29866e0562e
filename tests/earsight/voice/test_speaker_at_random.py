"""Random use and random faults, checked against what the speaker promises."""

import asyncio
import time
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earsight.language.utterance import Priority, Utterance
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.speech_queue import Outcome
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer


@dataclass(frozen=True)
class Say:
    priority: Priority
    expires_in: float


@dataclass(frozen=True)
class Wait:
    seconds: float


ACTIONS = st.one_of(
    st.builds(Say, st.sampled_from(Priority), st.sampled_from([0.002, 0.01, 60.0])),
    st.builds(Wait, st.sampled_from([0.0, 0.001, 0.005, 0.01])),
    st.just("silence"),
    st.sampled_from(Earcon),
)
FAULTS = st.lists(st.sampled_from([Fault.NONE] * 6 + [Fault.FAILS, Fault.HANGS]), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTIONS, max_size=14), FAULTS, FAULTS)
def test_promises_are_kept(actions, synthesizer_faults, player_faults):
    asyncio.run(perform(actions, synthesizer_faults, player_faults))


async def perform(actions, synthesizer_faults, player_faults):
    unfinished = {}  # what has been asked for and is not resolved, by text
    heard = []

    def on_sound(kind, text, started_at):  # noqa: ARG001
        heard.append(text or kind)
        if kind == SPEECH and unfinished[text] < Priority.ANSWER:
            assert Priority.ANSWER not in unfinished.values(), "narration began over an answer"

    synthesizer = ToneSynthesizer(synthesizer_faults, delay=0.002)
    player = FastPlayer(player_faults, speed=60)
    limits = {"synthesis_limit": 0.05, "playback_limit": 0.05}
    speaker = Speaker(Voice(synthesizer, player, **limits), on_sound=on_sound)

    async def say(text, action):
        unfinished[text] = action.priority
        try:
            return await speaker.say(
                Utterance(text, action.priority, "en", time.monotonic() + action.expires_in)
            )
        except VoiceError as error:
            return error
        finally:
            del unfinished[text]

    async def play(earcon):
        try:
            return await speaker.earcon(earcon)
        except VoiceError as error:
            return error

    tasks = {}
    for index, action in enumerate(actions):
        if isinstance(action, Say):
            tasks[index] = asyncio.create_task(say(f"text {index:02d}", action))
        elif isinstance(action, Earcon):
            tasks[index] = asyncio.create_task(play(action))
        elif isinstance(action, Wait):
            await asyncio.sleep(action.seconds)
        else:
            speaker.silence()
        await asyncio.sleep(0)  # the requests take effect in the order of the actions

    async with asyncio.timeout(30):
        results = {index: await task for index, task in tasks.items()}
    check(actions, results, heard)
    await speaker.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert synthesizer.closed
    assert player.closed


def check(actions, results, heard):
    for index, result in results.items():
        action, text = actions[index], f"text {index:02d}"
        assert isinstance(result, Outcome | VoiceError)
        if isinstance(action, Earcon):
            assert result is not Outcome.STALE
            continue
        if result in (Outcome.STALE, Outcome.DROPPED):
            assert text not in heard
        if result is Outcome.SPOKEN:
            assert text in heard
        if result is Outcome.INTERRUPTED:
            assert text in heard
        if result in (Outcome.INTERRUPTED, Outcome.DROPPED):
            later = actions[index + 1 :]
            assert any(
                other == "silence"
                or isinstance(other, Earcon)
                or (isinstance(other, Say) and other.priority is Priority.ANSWER)
                for other in later
            ), "interrupted by nothing that may"
