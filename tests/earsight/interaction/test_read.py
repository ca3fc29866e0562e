"""Reading text: what is heard, and what presses do meanwhile."""

import asyncio
import logging
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.interaction.press_end import PressEnd
from earsight.interaction.recital import Recital
from earsight.interaction.turn import Perform
from earsight.language.languages import load_language
from earsight.language.reading import Passage
from earsight.language.utterance import Priority, Quotation, utterance
from earsight.readers.reader import ReaderError
from earsight.scene import AimingHint, Reading
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from earsight.voice.speech_queue import Outcome
from tests.earsight.fakes import FastPlayer
from tests.earsight.interaction.narrator_stage import POLICY, RED, stage, tried
from tests.earsight.interaction.read_stage import EARCON, LINES, heard_up_to, sentences
from tests.earsight.stand_ins import Scene, ShownText, text_line, unplugged, until
from tests.earsight.words import english, indonesian


def test_a_tone_then_every_line():
    async def trial():
        async with stage(reader=ShownText(*map(text_line, LINES))) as on:
            await on.do("read")
            assert on.heard == [EARCON, *sentences(LINES)]
            assert on.captioner.encoded == 0, "nobody has asked for a description"
            await on.press()
            assert on.said[-1] == RED, "the dialogue is over with the text"

    tried(trial)


def test_one_look_for_an_action_that_is_bound_to_a_press():
    async def trial():
        reader = ShownText(text_line("EXIT"))
        bindings = replace(POLICY.bindings, inputs={"button": {Gesture.SHORT: "read"}})
        async with stage(reader=reader, bindings=bindings) as on:
            now = time.monotonic()
            on.button_down(now)
            await on.press(at=now)
            assert (on.heard, len(reader.read_in)) == ([EARCON, "Exit."], 1)

    tried(trial)


def test_from_the_menu_it_looks_for_text_too():
    """There, no look has begun with the press."""

    async def trial():
        async with stage(reader=ShownText(text_line("EXIT"))) as on:
            await on.press(Gesture.VERY_LONG)
            assert on.said[-1].endswith(f"{english('action.read')}.")
            await on.press(Gesture.LONG)
            assert on.said[-1] == "Exit."
            assert on.captioner.encoded == 0

    tried(trial)


def test_without_text_the_reason_is_heard_at_once():
    async def trial():
        reader = ShownText(hints=frozenset({AimingHint.TOO_SMALL, AimingHint.CUT_OFF_LEFT}))
        async with stage(reader=reader, earcons=False) as on:
            assert await on.do("read") is PressEnd.SPOKEN
            assert on.said == [f"{english('reading.cut_off_left')} {english('reading.too_small')}"]
            reader.reading = ShownText().reading
            await on.do("read")
            assert on.said[1:] == [english("reading.none")]

    tried(trial)


def test_without_a_reader_it_is_said_what_is_missing_and_the_log_says_which_package(caplog):
    async def trial():
        reader = ShownText()
        reader.fault = ReaderError("the package rapidocr is missing")
        async with stage(reader=reader, earcons=False) as on:
            assert await on.do("read") is PressEnd.ERROR_SPOKEN
            assert on.said == [english("error.reader")]

    tried(trial)
    assert "the package rapidocr is missing" in caplog.text


def test_a_lost_camera_is_told():
    async def trial():
        async with stage(reader=ShownText(text_line("EXIT")), earcons=False) as on:
            await on.show(unplugged())
            assert await on.do("read") is PressEnd.ERROR_SPOKEN
            assert on.said == [english("error.camera")]

    tried(trial)


@pytest.mark.parametrize(("code", "words"), [("en", english), ("id", indonesian)])
def test_a_script_that_no_voice_can_say_is_told(code, words):
    async def trial():
        reader = ShownText()
        reader.reading = Reading(unreadable=True)
        async with stage(reader=reader, earcons=False, language=load_language(code)) as on:
            await on.do("read")
            reader.reading = Reading((text_line("EXIT"),), unreadable=True)
            await on.do("read")
            assert on.said == [words("reading.unreadable"), "Exit.", words("reading.unreadable")]

    tried(trial)


def test_a_black_picture_is_told_as_such():
    async def trial():
        async with stage(Scene(np.zeros((60, 80, 3), np.uint8)), reader=ShownText(), earcons=False) as on:
            await on.do("read")
            assert on.said == [english("problem.dark")]

    tried(trial)


def test_what_is_read_reaches_no_log(caplog):
    caplog.set_level(logging.DEBUG)

    async def trial():
        async with stage(reader=ShownText(text_line("Password xyzzy"))) as on:
            await on.do("read")
            await on.do("spell")
            assert on.said[0] == "Password xyzzy."

    tried(trial)
    assert "xyzzy" not in caplog.text
    assert "Y, Z, Z" not in caplog.text


# Presses while it reads


def test_a_press_stops_and_the_next_goes_on_from_the_line_before():
    async def trial():
        async with stage(
            reader=ShownText(*map(text_line, LINES)), player=FastPlayer(speed=2), earcons=False
        ) as on:
            asking = on.narrator.do("read")
            await heard_up_to(on, "Third line.")
            at = time.monotonic()
            on.button_down(at)
            assert await asking is PressEnd.SUPERSEDED
            assert await on.press(at=at) is PressEnd.DONE
            said = list(on.said)
            assert said == sentences(LINES[:3])
            on.narrator.speaker.set_volume(0.5)
            await on.press()
            assert on.said[3:] == sentences(LINES[1:])

    tried(trial)


def test_a_stopped_text_is_over_after_some_silence(monkeypatch):
    monkeypatch.setattr(time_limits, "DIALOGUE_SILENCE", 0.2)

    async def trial():
        async with stage(
            reader=ShownText(*map(text_line, LINES)), player=FastPlayer(speed=2), earcons=False
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "First line.")
            await on.press()
            await until(lambda: not on.narrator.is_busy)
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


def test_a_long_press_spells_the_line_and_then_it_goes_on():
    async def trial():
        async with stage(
            reader=ShownText(text_line("A12"), text_line("B")), player=FastPlayer(speed=0.5), earcons=False
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "A12.")
            await on.press(Gesture.LONG)
            assert on.said == ["A12.", "A, 1, 2."]
            await on.press()
            assert on.said[2:] == ["A12.", "B."]

    tried(trial)


def test_a_very_long_press_opens_the_menu():
    async def trial():
        async with stage(
            reader=ShownText(*map(text_line, LINES)), player=FastPlayer(speed=2), earcons=False
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "First line.")
            await on.press(Gesture.VERY_LONG)
            assert on.said[-1].startswith(english("menu.opened"))

    tried(trial)


def test_a_setting_does_not_end_it():
    async def trial():
        async with stage(
            reader=ShownText(*map(text_line, LINES)), player=FastPlayer(speed=5), earcons=False
        ) as on:
            asking = on.narrator.do("read")
            await heard_up_to(on, "Second line.")
            await on.do("quieter")
            await asking
            assert on.said == [
                *sentences(LINES[:2]),
                english("volume.quieter"),
                *sentences(LINES[1:]),
            ]

    tried(trial)


class Narrated:
    """A turn that says by a list, until a press that has been drawn comes."""

    def __init__(self, stops):
        self.language, self.bindings, self.heard = load_language("en"), POLICY.bindings, self
        self.stops, self.said = list(stops), []
        self.text = None

    def read(self, *_report):
        pass

    async def say(self, *words):
        if self.stops and self.stops[0] == len(self.said):
            self.stops.pop(0)
            raise asyncio.CancelledError
        self.said.append(utterance(words, self.language, Priority.ANSWER).whole)
        return Outcome.SPOKEN


@settings(deadline=None)
@given(st.integers(1, 12), st.lists(st.integers(0, 40), max_size=6))
def test_over_all_stops_the_whole_text_is_read_in_order(count, stops):
    texts = [f"line {number}." for number in range(count)]
    told = tuple(Passage((Quotation(text, "en"),), text) for text in texts)
    turn = Narrated(sorted(stops))
    recital = Recital(turn, told, 0.0)

    async def trial():
        reply = recital.go_on()
        while reply.then is not None:
            try:
                reply = await reply.then()
            except asyncio.CancelledError:
                stopped = recital.press("button", Gesture.SHORT)
                assert not isinstance(stopped, Perform)
                assert (stopped.words, stopped.then, stopped.dialogue) == ((), None, recital)
                reply = recital.press("button", Gesture.SHORT)

    asyncio.run(trial())
    reached = 0
    for text in turn.said:
        place = texts.index(text)
        assert place <= reached, "a line was left out"
        reached = max(reached, place + 1)
    assert reached == count


# Again, and spelled


def test_the_last_text_is_repeated_and_spelled():
    async def trial():
        async with stage(reader=ShownText(text_line("GATE"), text_line("B4")), earcons=False) as on:
            await on.do("spell")
            await on.do("read")
            await on.do("repeat")
            await on.do("spell")
            assert on.said == [
                english("reading.nothing_to_spell"),
                *["Gate.", "B4."] * 2,
                "B, 4.",
            ]
            await on.press()
            await on.do("repeat")
            assert on.said[-2:] == [RED, RED], "the description is newer"
            report = on.narrator.heard.text
            on.narrator.heard.forget()
            on.narrator.heard.read(report.told, report.last, time.monotonic() - 41)
            await on.do("repeat")
            assert on.said[-3:] == ["40 seconds ago: a text:", "Gate.", "B4."]

    tried(trial)


# Beside a description


def test_a_detailed_description_ends_with_the_largest_text():
    async def trial():
        async with stage(reader=ShownText(text_line("EXIT")), earcons=False) as on:
            await on.do("detail")
            assert on.said[1:] == ["Sign: Exit."]
            assert on.said[0].startswith(RED)
            await on.do("describe")
            assert on.said[2:] == [RED]

    tried(trial)


def test_a_detailed_description_without_text_or_reader():
    async def trial():
        reader = ShownText()
        async with stage(reader=reader, earcons=False) as on:
            await on.do("detail")
            reader.fault = ReaderError("damaged")
            await on.do("detail")
            assert len(on.said) == 2
        async with stage(earcons=False) as on:
            assert await on.do("detail") is PressEnd.SPOKEN
            assert len(on.said) == 1

    tried(trial)
