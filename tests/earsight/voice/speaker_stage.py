"""A speaker on a stage, with a record of what began to sound."""

import asyncio
import time

from earsight.language.utterance import Priority, Utterance
from earsight.voice.speaker import Speaker
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer

LONG = "x" * 200  # ten seconds of tone, 0.2 s by the fast player


def narration(text="narration", expires_in=60.0):
    return Utterance(text, Priority.NARRATION, "en", time.monotonic() + expires_in)


def notice(text="notice"):
    return Utterance(text, Priority.NOTICE, "en")


def answer(text="answer"):
    return Utterance(text, Priority.ANSWER, "en")


class Stage:
    """A speaker, with a record of what began to sound."""

    def __init__(self, synthesizer=None, player=None, **settings):
        self.synthesizer = synthesizer or ToneSynthesizer()
        self.player = player or FastPlayer()
        self.heard = []
        self.times = []
        self.changed = asyncio.Event()
        heard_as = {key: settings.pop(key) for key in ("volume", "rate") if key in settings}
        voice = Voice(self.synthesizer, self.player, **settings)
        self.speaker = Speaker(voice, on_sound=self.note, **heard_as)

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
