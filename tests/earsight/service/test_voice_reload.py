"""A new voice while the service runs: it is heard before the old one goes, and never together with it."""

import asyncio
import time

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.triggers.trigger import ButtonDown, Gesture, Press
from earsight.voice.registry import SYNTHESIZERS, build_voice
from earsight.voice.sound import VoiceError
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, SoundCard, ToneSynthesizer
from tests.earsight.service.service_stage import NO_MODEL, Stage, serving
from tests.earsight.stand_ins import Scene, painted, until
from tests.earsight.words import english


class OneCard(Stage):
    """All voices play on one card."""

    def __init__(self, folder, scene):
        self.card = SoundCard()
        super().__init__(folder, scene)

    def voice(self, _section, _language):
        self.engine, self.player = ToneSynthesizer(delay=0.05), self.card.player(speed=3)
        return Voice(self.engine, self.player, replay_for=0.0)


@pytest.mark.parametrize("when", [0.0, 0.6, 0.8, 1.0, "new voice", "after its tone"])
def test_a_press_during_a_reload_is_answered_whole_and_by_one_voice(tmp_path, when):
    taken = english("settings.taken")

    async def trial():
        async with serving(tmp_path, OneCard(tmp_path, Scene(painted("red")))) as on:
            await until(lambda: "ready" in on.kinds and not on.card.sounding)
            on.heard.clear()
            on.write("voice: {rate: 200}")
            if isinstance(when, float):
                await asyncio.sleep(when)
            else:
                await until(lambda: taken in on.heard)
            if when == "after its tone":
                on.service.press(ButtonDown(at := time.monotonic()))
                await until(lambda: on.kinds[-1] == "look")
                end = on.service.press(Press(Gesture.SHORT, at))
            else:
                end = on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert await end is PressEnd.ERROR_SPOKEN
            await until(lambda: on.heard.count(taken) >= 1 and on.heard[-1] in (taken, NO_MODEL))
            await until(lambda: len(on.card.players) == 2 and on.card.players[0].closed)
            assert on.heard.count(NO_MODEL) == 1
            assert on.card.most == 1

    asyncio.run(trial())


def test_a_new_voice_that_can_not_be_had_does_not_cut_off_the_answer_to_a_press(tmp_path):
    """Whether sound works is not tried by a tone while an answer shows that it does."""

    class Failing(OneCard):
        def voice(self, section, language):
            if self.card.players:
                raise VoiceError("injected: no such voice")
            voice = super().voice(section, language)
            self.player._speed = 0.8  # the answer lasts longer than the file is waited for
            return voice

    async def trial():
        async with serving(tmp_path, Failing(tmp_path, Scene(painted("red")))) as on:
            await until(lambda: "ready" in on.kinds and not on.card.sounding)
            on.heard.clear()
            end = on.service.press(Press(Gesture.SHORT, time.monotonic()))
            await until(lambda: NO_MODEL in on.heard)
            on.write("voice: {rate: 200}")
            assert await end is PressEnd.ERROR_SPOKEN
            await until(lambda: english("settings.refused") in on.heard)
            assert on.player.cut_off == 0

    asyncio.run(trial())


def test_what_the_new_voice_could_not_say_to_the_end_is_said_again(tmp_path):
    async def trial():
        async with serving(tmp_path, OneCard(tmp_path, Scene(painted("red")))) as on:
            on.write("voice: {rate: 200}")
            await until(lambda: english("settings.taken") in on.heard)
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            await until(lambda: on.heard.count(english("settings.taken")) == 2)

    asyncio.run(trial())


class OddPlayer(FastPlayer):
    odd = False

    async def play(self, sound, started):
        if self.odd:
            raise OSError(28, "memfd_create: No space left on device")
        await super().play(sound, started)


class OddEngine(ToneSynthesizer):
    async def synthesize(self, text, rate):  # noqa: ARG002
        raise ValueError("Expecting value: line 1")


def test_an_unforeseen_error_of_the_output_does_not_end_the_service(tmp_path):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        player = OddPlayer(speed=20)
        player.odd = True
        on.voice = lambda _section, _language: Voice(ToneSynthesizer(), player, replay_for=0.0)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await asyncio.sleep(2)
        assert not running.done(), running
        player.odd = False
        await until(lambda: english("sound.back") in on.heard)
        on.service.stop()
        await running

    asyncio.run(trial())


def odd_voice(_section, _language):
    return Voice(OddEngine(), FastPlayer(speed=20), replay_for=0.0)


def refused(_section, _language):
    raise PermissionError(13, "Permission denied", "/root/voice.onnx")


@pytest.mark.parametrize("build", [odd_voice, build_voice])
def test_an_unforeseen_error_of_a_new_voice_does_not_end_the_service(tmp_path, build, monkeypatch):
    monkeypatch.setitem(SYNTHESIZERS, "auto", refused)

    async def trial():
        async with serving(tmp_path, Stage(tmp_path, Scene(painted("red")))) as on:
            old = on.player
            on.voice = build
            on.write("voice: {rate: 200}")
            await until(lambda: english("settings.refused") in on.heard)
            assert not old.closed

    asyncio.run(trial())
