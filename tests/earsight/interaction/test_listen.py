"""Voice commands: what is understood is done, what is doubtful is asked back, and the rest is said."""

import asyncio
import time

import pytest

from earsight.config.schema import Config
from earsight.interaction.actions import listen
from earsight.interaction.bindings import build_bindings
from earsight.interaction.press_end import PressEnd
from earsight.language.languages import load_language
from earsight.listening.grammar import Grammar
from earsight.listening.listener import Listener
from earsight.listening.wav_microphone import WavMicrophone
from earsight.system import time_limits
from earsight.triggers.trigger import ButtonUp, Gesture
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.listening.said import listener, needs_recogniser, needs_speech, recording
from tests.earsight.stand_ins import until
from tests.earsight.words import english, indonesian

pytestmark = [needs_speech, needs_recogniser]
WITH_MICROPHONE = build_bindings(Config.model_validate({"microphone": {"source": "alsa"}}))


@pytest.mark.parametrize(("said", "heard"), [("louder", "volume.loudest"), ("describe", RED)])
def test_a_command_is_done(tmp_path, said, heard):
    path = recording(tmp_path, said)

    async def trial():
        async with stage(listener=listener(path), bindings=WITH_MICROPHONE) as on:
            assert await on.press(Gesture.TRIPLE) is PressEnd.SPOKEN
            assert on.said == [heard if heard == RED else english(heard)]
            assert on.heard[:2] == ["(tone)", "(tone)"], "one before it, one after it"

    tried(trial)


@pytest.mark.parametrize(
    ("said", "heard"),
    [("", "listen.nothing"), ("my neighbour gave us lovely tomatoes", "listen.not_understood")],
)
def test_nothing_and_something_else(tmp_path, said, heard):
    path = recording(tmp_path, said)

    async def trial():
        async with stage(listener=listener(path)) as on:
            await on.do("listen")
            assert on.said == [english(heard)]

    tried(trial)


@pytest.mark.parametrize("answer", [Gesture.SHORT, Gesture.LONG, Gesture.DOUBLE, None])
def test_what_is_doubtful_is_asked_back(tmp_path, monkeypatch, answer):
    monkeypatch.setattr(listen, "ACT_ABOVE", 1.1)
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.2 if answer is None else 60)
    path = recording(tmp_path, "louder")
    question = english("listen.doubt", action=english("action.louder"))

    async def trial():
        async with stage(listener=listener(path), bindings=WITH_MICROPHONE) as on:
            await on.press(Gesture.TRIPLE, at=1.0)
            assert on.said == [question]
            if answer is not None:
                await on.press(answer, at=2.0)
            await until(lambda: len(on.said) == 2)
            yes = answer in (Gesture.SHORT, Gesture.LONG)
            assert on.said[1] == english("volume.loudest" if yes else "listen.not_done")

    tried(trial)


def test_a_doubtful_one_can_be_said_again(tmp_path, monkeypatch):
    monkeypatch.setattr(listen, "ACT_ABOVE", 1.1)
    path = recording(tmp_path, "find the door")
    question = english("listen.doubt", action="find a door")

    async def trial():
        async with stage(listener=listener(path), bindings=WITH_MICROPHONE) as on:
            await on.press(Gesture.TRIPLE, at=1.0)
            await on.press(Gesture.TRIPLE, at=2.0)
            assert on.said == [question, question]

    tried(trial)


def test_another_language_is_told_once_that_commands_are_english(tmp_path):
    path = recording(tmp_path, "louder")

    async def trial():
        async with stage(listener=listener(path), language=load_language("id")) as on:
            await on.do("listen")
            await on.do("listen")
            loudest = indonesian("volume.loudest")
            assert on.said == [indonesian("listen.english_only"), loudest, loudest]

    tried(trial)


def test_without_a_microphone_or_without_its_file(tmp_path):
    async def trial():
        async with stage() as on:
            await on.do("listen")
            assert on.said == [english("listen.no_microphone")]
        missing = Listener(WavMicrophone(tmp_path / "none.wav"), Grammar(["describe"]))
        async with stage(listener=missing) as on:
            assert await on.do("listen") is PressEnd.ERROR_SPOKEN
            assert on.said == [english("listen.microphone_broken")]

    tried(trial)


def test_a_press_calls_it_off(tmp_path):
    path = recording(tmp_path, "")
    slow = Listener(WavMicrophone(path), Grammar(["describe"]))

    async def trial():
        async with stage(listener=slow, bindings=WITH_MICROPHONE) as on:
            listening = on.begin(Gesture.TRIPLE)
            await until(lambda: "(tone)" in on.heard)
            assert await on.press() is PressEnd.SPOKEN
            assert await listening is PressEnd.SUPERSEDED
            assert on.said == [RED]

    tried(trial)


def test_letting_go_is_the_end_of_a_command(tmp_path):
    """Somebody speaks for half a minute, and it is over all the same."""
    path = recording(tmp_path, "tomatoes " * 60)
    slow = Listener(WavMicrophone(path), Grammar(["describe"]), longest=60)

    async def trial():
        async with stage(listener=slow, bindings=WITH_MICROPHONE) as on:
            began = time.monotonic()
            listening = on.begin(Gesture.TRIPLE, at=1.0)
            on.narrator.take(ButtonUp(1.0))  # before anybody has spoken, it means nothing
            while not listening.done():
                on.narrator.take(ButtonUp(1.0))
                await asyncio.sleep(0.05)
            assert time.monotonic() - began < 20
            assert on.said == [english("listen.not_understood")]

    tried(trial)
