"""The menu and other dialogues: on their own, and with the narrator around them."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from earsight.actions import ACTIONS
from earsight.config.schema import Config
from earsight.interaction.actions.menu import Menu
from earsight.interaction.actions.switch_off import Confirmation
from earsight.interaction.bindings import build_bindings
from earsight.interaction.press_end import PressEnd
from earsight.interaction.turn import Perform, Reply
from earsight.message import message
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer, Fault
from tests.earsight.interaction.menu_stage import CLOSED, ENTRIES, OPENED, opened, said
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.interaction.test_narration import narrating
from tests.earsight.stand_ins import ShownText, text_line, until
from tests.earsight.words import english


class MenuMachine(RuleBasedStateMachine):
    """Any presses of any inputs, against a position in a list that has no end."""

    def __init__(self):
        super().__init__()
        self.menu = Menu(tuple(ENTRIES))
        self.position = 0
        self.is_open = True

    def says_entry(self, reply):
        assert isinstance(reply, Reply)
        assert reply.words == (ACTIONS[ENTRIES[self.position % len(ENTRIES)]].label,)
        assert reply.dialogue is self.menu

    @precondition(lambda self: self.is_open)
    @rule(
        source=st.sampled_from(["button", "keyboard", "control_socket", "pedal"]),
        presses=st.sampled_from([(Gesture.SHORT, 1), (Gesture.DOUBLE, 2), (Gesture.TRIPLE, 3)]),
    )
    def forward(self, source, presses):
        gesture, steps = presses
        self.position += steps
        self.says_entry(self.menu.press(source, gesture))

    @precondition(lambda self: self.is_open)
    @rule(gesture=st.sampled_from([Gesture.SHORT, Gesture.TRIPLE]))
    def forward_with_the_second_button(self, gesture):
        self.position += 1 if gesture is Gesture.SHORT else 3
        self.says_entry(self.menu.press("second_button", gesture))

    @precondition(lambda self: self.is_open)
    @rule(gesture=st.sampled_from([Gesture.DOUBLE, Gesture.LONG]))
    def back(self, gesture):
        self.position -= 1
        self.says_entry(self.menu.press("second_button", gesture))

    @precondition(lambda self: self.is_open)
    @rule(source=st.sampled_from(["button", "keyboard", "pedal"]))
    def choose(self, source):
        step = self.menu.press(source, Gesture.LONG)
        assert step == Perform(ENTRIES[self.position % len(ENTRIES)])

    @precondition(lambda self: self.is_open)
    @rule(source=st.sampled_from(["button", "second_button", None]))
    def leave(self, source):
        reply = self.menu.press(source, Gesture.VERY_LONG) if source else self.menu.expire()
        assert reply.dialogue is None
        assert [word.id for word in reply.words] == ["menu.closed"]
        self.is_open = False

    @precondition(lambda self: not self.is_open)
    @rule()
    def open_again(self):
        self.menu, self.position, self.is_open = Menu(tuple(ENTRIES)), 0, True

    @invariant()
    def it_knows_its_entry(self):
        assert self.menu.entry == ACTIONS[ENTRIES[self.position % len(ENTRIES)]].label


TestMenu = MenuMachine.TestCase
TestMenu.settings = settings(max_examples=100, stateful_step_count=30)


@pytest.mark.parametrize(
    ("source", "gesture", "confirms"),
    [
        ("button", Gesture.LONG, True),
        ("second_button", Gesture.LONG, True),
        ("button", Gesture.SHORT, False),
        ("button", Gesture.DOUBLE, False),
        ("button", Gesture.VERY_LONG, False),
        ("button", Gesture.TRIPLE, True),
        ("second_button", Gesture.TRIPLE, False),
    ],
)
def test_a_long_press_confirms_and_so_does_the_gesture_that_asked(source, gesture, confirms):
    bindings = build_bindings(Config.model_validate({"bindings": {"button": {"triple": "switch_off"}}}))
    reply = Confirmation(bindings).press(source, gesture)
    assert [word.id for word in reply.words] == ["switch_off.goodbye" if confirms else "switch_off.cancelled"]
    assert (reply.then is not None) is confirms
    assert reply.dialogue is None


# With the narrator


@pytest.mark.parametrize("source", ["button", "keyboard", "control_socket"])
def test_one_button_reaches_every_entry(source):
    async def trial():
        async with stage() as on:
            await on.press(Gesture.VERY_LONG, source=source)
            for _ in ENTRIES:
                assert await on.press(source=source) is PressEnd.SPOKEN
            assert on.said[1:] == [said(name) for name in (*ENTRIES[1:], ENTRIES[0])]

    tried(trial)


def test_a_long_press_does_what_was_said_last_and_closes_the_menu():
    async def trial():
        async with stage() as on:
            await opened(on)
            for _ in range(ENTRIES.index("describe")):
                await on.press()
            before = len(on.heard)
            assert await on.press(Gesture.LONG) is PressEnd.SPOKEN
            assert on.heard[before:] == ["(look)", RED]
            assert not on.narrator.is_busy
            await on.press(Gesture.DOUBLE)
            assert on.said[-1] == RED, "presses mean what they are bound to again"

    tried(trial)


def test_no_look_begins_with_a_press_in_the_menu():
    async def trial():
        async with stage() as on:
            await opened(on)
            at = time.monotonic()
            on.button_down(at)
            assert await on.press(at=at) is PressEnd.SPOKEN
            assert on.heard == [f"{OPENED}. {said(ENTRIES[0])}", said(ENTRIES[1])]
            assert on.captioner.encoded == 0

    tried(trial)


def test_a_press_during_an_entry_goes_on_at_once():
    async def trial():
        async with stage(player=FastPlayer(speed=1)) as on:
            opening = on.begin(Gesture.VERY_LONG)
            await until(lambda: len(on.said) == 1)
            at = time.monotonic()
            on.button_down(at)
            assert await opening is PressEnd.SUPERSEDED
            await asyncio.sleep(0.1)
            assert on.narrator.speaker.idle
            on.begin(at=at)
            await until(lambda: len(on.said) == 2)
            assert on.said[1] == said(ENTRIES[1])

    tried(trial)


def test_the_second_button_goes_back():
    async def trial():
        async with stage() as on:
            await opened(on)
            await on.press()
            for gesture, name in ((Gesture.DOUBLE, ENTRIES[0]), (Gesture.LONG, ENTRIES[-1])):
                at = time.monotonic()
                on.button_down(at, "second_button")
                assert await on.press(gesture, at, "second_button") is PressEnd.SPOKEN
                assert on.said[-1] == said(name)

    tried(trial)


def test_settings_can_be_changed_again_and_again():
    async def trial():
        async with stage() as on:
            await opened(on)
            for _ in range(ENTRIES.index("quieter")):
                await on.press()
            for _ in range(2):
                assert await on.press(Gesture.LONG) is PressEnd.SPOKEN
            await on.press()
            assert on.said[-3:] == [english("volume.quieter")] * 2 + [said("faster")]

    tried(trial)


@pytest.mark.parametrize("gesture", [Gesture.LONG, Gesture.SHORT])
def test_the_press_that_opens_it_or_answers_it_is_taken_once(gesture):
    """A long press that goes on becomes a very long one, with the same time."""

    async def trial():
        async with stage(reader=ShownText(text_line("EXIT"))) as on:
            on.button_down(1.0)
            await on.press(Gesture.LONG, at=1.0)
            assert await on.press(Gesture.VERY_LONG, at=1.0) is PressEnd.SPOKEN
            on.button_down(2.0)
            assert await on.press(gesture, at=2.0) in (PressEnd.SPOKEN, PressEnd.DONE)
            before = list(on.heard)
            assert on.begin(Gesture.VERY_LONG, at=2.0) is None
            await asyncio.sleep(0.1)
            assert on.heard == before

    tried(trial)


def test_a_binding_that_is_held_on_takes_the_place_of_the_menu_it_opened():
    async def trial():
        async with stage() as on:
            config = Config.model_validate({"bindings": {"button": {"long": "menu", "very_long": "status"}}})
            on.narrator.policy = replace(on.narrator.policy, bindings=build_bindings(config))
            await on.press(Gesture.LONG, at=1.0)
            await on.press(Gesture.VERY_LONG, at=1.0)
            assert on.said[-1].endswith(english("status.all_well"))
            assert not on.narrator.is_busy

    tried(trial)


def test_some_seconds_of_silence_after_the_last_word_close_it(monkeypatch):
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.4)

    async def trial():
        async with stage(player=FastPlayer(speed=2)) as on:
            await opened(on)  # which takes longer than that
            await asyncio.sleep(0.2)
            await on.press()
            ended = time.monotonic()
            await until(lambda: on.said[-1] == CLOSED)
            assert time.monotonic() - ended > 0.35
            assert on.said[1:] == [said(ENTRIES[1]), CLOSED]
            await until(lambda: not on.narrator.is_busy)
            await asyncio.sleep(0.5)
            assert on.said[-1] == CLOSED
            assert on.said.count(CLOSED) == 1
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


def test_an_action_that_is_asked_for_by_name_closes_it():
    async def trial():
        async with stage() as on:
            await opened(on)
            await on.do("stop")
            assert not on.narrator.is_busy
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


def test_a_setting_that_is_asked_for_by_name_leaves_it_open():
    async def trial():
        async with stage() as on:
            await opened(on)
            await on.do("quieter")
            await on.press()
            assert on.said[-2:] == [english("volume.quieter"), said(ENTRIES[1])]

    tried(trial)


def test_neither_notices_nor_narration_get_into_it(monkeypatch):
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.3)

    async def trial():
        async with narrating(every=None) as on:
            await on.do("menu")
            on.narrate_every(0.02)
            on.narrator.notices.news("camera", message("camera.back"))
            await until(lambda: len(on.said) == 4)
            assert on.said[1:] == [CLOSED, english("camera.back"), RED]

    tried(trial)


def test_a_menu_that_breaks_is_told_of(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    async def trial():
        async with stage() as on:
            await opened(on)
            monkeypatch.setattr(Menu, "press", broken)
            assert await on.press() is PressEnd.ERROR_SPOKEN
            monkeypatch.undo()
            assert await on.press() is PressEnd.SPOKEN
            assert on.said[1:] == [english("error.unforeseen"), said(ENTRIES[1])]

    tried(trial)


def test_a_menu_that_nobody_can_hear_closes_too(monkeypatch):
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.2)

    async def trial():
        player = FastPlayer([Fault.FAILS] * 20)
        async with stage(player=player) as on:
            assert await on.press(Gesture.VERY_LONG) is PressEnd.NOT_SPOKEN
            await until(lambda: not on.narrator.is_busy)
            player.mend()
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == [RED]

    tried(trial)


# Switching off
