"""What a handler may do beside replying: look, speak, play, ask for another action, and go on for a while."""

import asyncio
import sys
import threading
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from earsight.actions import ACTIONS, Action, Argument, ArgumentError
from earsight.cameras.source import CameraError
from earsight.interaction.press_end import PressEnd
from earsight.interaction.turn import Perform, Reply
from earsight.message import message
from earsight.scene import Problem
from earsight.triggers.trigger import Gesture
from earsight.vision.describer import LookRequest
from earsight.vision.look_worker import THREAD
from earsight.voice.sound import Sound
from earsight.voice.speech_queue import Outcome
from tests.earsight.fakes import FastPlayer, Fault
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.stand_ins import unplugged, until
from tests.earsight.words import english

TICK = Sound(np.full((2205, 2), 1000, np.int16), 22050)
LOOKING_ONLY = LookRequest(captions=False)
WHAT = Argument("WHAT", "what it is about", check="trial:check")


@pytest.fixture
def carried_out(monkeypatch):
    """Makes an action "trial" of a handler."""
    module = ModuleType("earsight.interaction.actions.trial")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def refuse(argument):
        if argument == "nonsense":
            raise ArgumentError("that is nonsense")

    def by(handler):
        module.trial, module.check = handler, refuse
        action = Action("trial:trial", message("action.help"), "try", argument=WHAT)
        monkeypatch.setitem(ACTIONS, "trial", action)

    return by


class Ended:
    """A dialogue that any press ends."""

    def press(self, _source, _gesture):
        return self.expire()

    def expire(self):
        return Reply(("Ended",))


def lasting(work, *words):
    """A handler that goes on with some work."""

    async def trial(turn):
        return Reply(words, dialogue=Ended(), then=lambda: work(turn))

    return trial


def test_the_argument_reaches_the_handler(carried_out):
    async def echo(turn):
        return Reply((turn.argument or "without",))

    async def trial():
        carried_out(echo)
        async with stage() as on:
            await on.do("trial", "the door")
            await on.do("trial")
            assert on.said == ["the door.", "without."]
            with pytest.raises(ArgumentError, match="that is nonsense"):
                on.narrator.do("trial", argument="nonsense")
            with pytest.raises(ArgumentError, match="takes no argument"):
                on.narrator.do("help", argument="me")

    tried(trial)


def test_a_handler_has_another_action_carried_out(carried_out):
    async def pass_on(turn):
        return Perform("trial", "again") if turn.argument is None else Perform(turn.argument)

    async def other(turn):
        return Reply((f"other {turn.argument}",)) if turn.argument == "again" else await pass_on(turn)

    async def trial():
        carried_out(other)
        async with stage() as on:
            await on.do("trial")
            await on.do("trial", "describe")
            await on.do("trial", "quieter")
            assert on.said == ["other again.", RED, english("volume.quieter")]
            assert on.narrator.preferences.values.volume < 1
            await on.do("trial", "menu")
            await on.press(Gesture.VERY_LONG)
            assert on.said[-1] == english("menu.closed")

    tried(trial)


def test_looks_in_the_midst_of_an_action(carried_out):
    seen = []

    async def look_twice(turn):
        seen.append(await turn.look(LOOKING_ONLY))
        seen.append(await turn.look())
        return Reply()

    async def trial():
        carried_out(look_twice)
        async with stage() as on:
            assert await on.do("trial") is PressEnd.DONE
            assert [bool(scene.captions) for scene in seen] == [False, True]
            assert on.heard == ["(look)"]
            await on.show(np.zeros((60, 80, 3), np.uint8))
            await on.do("trial")
            assert [scene.problem for scene in seen[2:]] == [Problem.DARK] * 2

    tried(trial)


def test_other_work_on_a_picture_in_the_thread_of_the_looks(carried_out):
    seen = []

    async def examine(turn):
        seen.append(await turn.examine(lambda frame: (threading.current_thread().name, frame.pixels.shape)))
        await turn.examine(lambda _frame: 1 // 0)
        return Reply()

    async def trial():
        carried_out(examine)
        async with stage() as on:
            assert await on.do("trial") is PressEnd.ERROR_SPOKEN
            assert seen == [(THREAD, (60, 80, 3))]
            await on.show(unplugged())
            assert await on.do("trial") is PressEnd.ERROR_SPOKEN
            assert on.said[-1] == english(CameraError.spoken.id)

    tried(trial)


def test_words_and_sounds_in_the_midst_of_an_action_in_their_order(carried_out):
    async def speak(turn):
        assert await turn.say("One", "two") is Outcome.SPOKEN
        await turn.play(TICK)
        return Reply(("Three",))

    async def trial():
        carried_out(speak)
        async with stage() as on:
            assert await on.do("trial") is PressEnd.SPOKEN
            assert on.heard == ["One. two.", "(tone)", "Three."]

    tried(trial)


def test_a_voice_that_fails_ends_no_action(carried_out):
    ended = []

    async def speak(turn):
        ended.append(await turn.say("One"))
        await turn.play(TICK)
        return Reply()

    async def trial():
        carried_out(speak)
        player = FastPlayer([Fault.FAILS] * 3)
        async with stage(player=player) as on:
            assert await on.do("trial") is PressEnd.DONE
            assert ended == [Outcome.STALE]

    tried(trial)


def test_a_press_ends_what_goes_on_and_begins_nothing(carried_out):
    async def go_on(turn):
        while True:
            await turn.look(LOOKING_ONLY)
            await turn.play(TICK)

    async def trial():
        carried_out(lasting(go_on, "Begun"))
        async with stage() as on:
            going_on = on.narrator.do("trial")
            await until(lambda: on.heard.count("(tone)") > 2)
            assert on.narrator.is_busy
            on.button_down(5.0)
            assert await on.press(at=5.0) is PressEnd.SPOKEN
            assert await going_on is PressEnd.SUPERSEDED
            assert on.said == ["Begun.", "Ended."]
            assert "(look)" not in on.heard
            assert not on.narrator.is_busy
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


@pytest.mark.parametrize("then", [None, "a dialogue"])
def test_what_goes_on_ends_by_itself(carried_out, then):
    last = Reply(("Over",), dialogue=Ended() if then else None)

    async def once(_turn):
        return last

    async def trial():
        carried_out(lasting(once, "Begun"))
        async with stage() as on:
            assert await on.do("trial") is PressEnd.SPOKEN
            await on.press()
            assert on.said == ["Begun.", "Over.", "Ended." if then else RED]

    tried(trial)


def test_work_follows_work(carried_out):
    async def second(_turn):
        return Reply(("Over",))

    async def first(turn):
        return replace(await lasting(second, "Half way")(turn), report=None)

    async def trial():
        carried_out(lasting(first, "Begun"))
        async with stage() as on:
            await on.do("trial")
            await on.press()
            assert on.said == ["Begun.", "Half way.", "Over.", RED]

    tried(trial)


def test_what_goes_on_fails(carried_out):
    async def fail(_turn):
        raise unplugged()

    async def trial():
        carried_out(lasting(fail, "Begun"))
        async with stage() as on:
            assert await on.do("trial") is PressEnd.ERROR_SPOKEN
            await on.press()
            assert on.said == ["Begun.", english(CameraError.spoken.id), RED]

    tried(trial)


def test_another_action_takes_the_place_of_what_goes_on(carried_out):
    async def go_on(_turn):
        await asyncio.sleep(3600)

    async def trial():
        carried_out(lasting(go_on, "Begun"))
        async with stage() as on:
            going_on = on.narrator.do("trial")
            await until(lambda: "Begun." in on.said)
            await on.do("describe")
            assert await going_on is PressEnd.SUPERSEDED
            assert on.said == ["Begun.", RED]
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


def test_a_setting_changes_while_something_goes_on(carried_out):
    async def go_on(turn):
        while True:
            await turn.play(TICK)
            await asyncio.sleep(0.001)

    async def trial():
        carried_out(lasting(go_on, "Begun"))
        async with stage() as on:
            going_on = on.narrator.do("trial")
            await until(lambda: "(tone)" in on.heard)
            assert await on.do("quieter") is PressEnd.SPOKEN
            ticks = on.heard.count("(tone)")
            await until(lambda: on.heard.count("(tone)") > ticks + 2)
            await on.press()
            assert await going_on is PressEnd.SUPERSEDED
            assert on.said == ["Begun.", english("volume.quieter"), "Ended."]

    tried(trial)
