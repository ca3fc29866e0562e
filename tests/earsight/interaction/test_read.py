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
from earsight.language.reading import LONGEST, Passage
from earsight.language.utterance import Priority, Quotation, utterance
from earsight.readers.reader import ReaderError
from earsight.scene import AimingHint, Reading
from earsight.system import reading_times, time_limits
from earsight.triggers.trigger import Gesture
from earsight.voice.speech_queue import Outcome
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import POLICY, RED, stage, tried
from tests.earsight.stand_ins import Scene, ShownText, painted, text_line, unplugged, until
from tests.earsight.words import english, indonesian

EARCON = "(look)"
LINES = ["First line", "Second line", "Third line", "Fourth line"]


def sentences(lines):
    return [f"{line}." for line in lines]


async def heard_up_to(on, what):
    await until(lambda: what in on.heard)


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


@pytest.mark.parametrize(("lines", "a_part"), [(["long words " * 500], None), (["long words " * 10] * 50, 7)])
def test_a_text_of_5000_characters_reaches_the_voice_in_pieces(lines, a_part):
    made = []

    class Listening(ToneSynthesizer):
        async def synthesize(self, text, rate):
            made.append(text)
            return await super().synthesize(text[:5], rate)

    async def trial():
        reader = ShownText(*map(text_line, lines))
        reader.a_part = a_part
        async with stage(reader=reader, synthesizer=Listening(), earcons=False) as on:
            await on.do("read")
            assert max(map(len, made)) <= LONGEST + 1
            assert " ".join(on.said).replace(".", "").split() == ["long", "words"] * 500

    tried(trial)


# In parts


def test_the_first_lines_are_heard_while_the_others_are_being_recognised():
    async def trial():
        reader = ShownText(*map(text_line, LINES))
        reader.a_part = 1
        reader.gate.clear()
        async with stage(reader=reader, earcons=False) as on:
            asking = on.narrator.do("read")
            await heard_up_to(on, "First line.")
            assert on.said == ["First line."]
            await on.show(unplugged())  # what was photographed is read without a camera
            reader.gate.set()
            assert await asking is PressEnd.DONE
            assert on.said == sentences(LINES)
            assert len(reader.read_in) == 1
            await on.do("repeat")
            assert on.said == [*sentences(LINES), *sentences(LINES)]

    tried(trial)


def test_a_press_stops_what_is_being_recognised_too_and_the_next_goes_on():
    async def trial():
        reader = ShownText(*map(text_line, LINES))
        reader.a_part = 2
        reader.gate.clear()
        async with stage(reader=reader, player=FastPlayer(speed=2), earcons=False) as on:
            asking = on.narrator.do("read")
            await heard_up_to(on, "Second line.")
            assert await on.press() is PressEnd.DONE
            assert await asking is PressEnd.SUPERSEDED
            reader.gate.set()
            at = on.said.index("Second line.")
            await on.press()
            assert on.said[at + 1 :] == sentences(LINES)

    tried(trial)


def test_a_reader_that_fails_later_has_said_what_it_read():
    async def trial():
        reader = ShownText(*map(text_line, LINES))
        reader.a_part = 2
        reader.gate.clear()
        async with stage(reader=reader, earcons=False) as on:
            asking = on.narrator.do("read")
            await heard_up_to(on, "Second line.")
            reader.fault = ReaderError("damaged")
            reader.gate.set()
            assert await asking is PressEnd.ERROR_SPOKEN
            assert on.said == [*sentences(LINES[:2]), english("error.reader")]

    tried(trial)


@pytest.mark.parametrize("lines", [["", "", "Exit"], ["", "", ""]])
def test_parts_in_which_nothing_is_read(lines):
    async def trial():
        reader = ShownText()
        parts = iter([Reading(() if not line else (text_line(line),)) for line in lines])

        def part(*_limits):
            return replace(next(parts), rest=part if parts.__length_hint__() else None)

        reader.reading = part()
        async with stage(reader=reader, earcons=False) as on:
            await on.do("read")
            assert on.said == (["Exit."] if any(lines) else [english("reading.none")])

    tried(trial)


def test_new_text_further_down_is_read_on_too():
    async def trial():
        reader = ShownText(*map(text_line, LINES))
        reader.a_part = 1
        async with stage(reader=reader, player=FastPlayer(speed=2), earcons=False) as on:
            on.narrator.do("read")
            await heard_up_to(on, "First line.")
            going = on.begin(Gesture.DOUBLE)
            await heard_up_to(on, "Fourth line.")
            await on.press()
            assert going.done()
            begun = on.said.index(english("reading.continuous"))
            assert on.said[begun + 1 : -1] == sentences(LINES)

    tried(trial)


def test_a_promise_in_two_parts_is_told_to_be_somebody_elses():
    async def trial():
        reader = ShownText(text_line("The way is"), text_line("clear", block=1))
        reader.a_part = 1
        async with stage(reader=reader, earcons=False) as on:
            await on.do("read")
            assert on.said == ["The way is.", f"{english('quotation.frame')} clear."]

    tried(trial)


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


# What is new


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(reading_times, "CONTINUOUS_PAUSE", 0.01)


@pytest.mark.usefixtures("quick")
def test_a_double_press_keeps_on_reading_what_is_new_until_a_press():
    async def trial():
        reader = ShownText(text_line("EXIT"), text_line("To the left, mind the step"), text_line("A"))
        async with stage(reader=reader, player=FastPlayer(speed=2), earcons=False) as on:
            on.narrator.do("read")
            await heard_up_to(on, "A.")
            going = on.begin(Gesture.DOUBLE)
            await until(lambda: on.said[-2:] == [english("reading.continuous"), "A."])
            looks = len(reader.read_in)
            await until(lambda: len(reader.read_in) >= looks + 5)
            reader.reading = ShownText(
                text_line("EXIT"), text_line("To the Ieft, mind the step"), text_line("Room 12")
            ).reading
            await heard_up_to(on, "Room 12.")
            reader.reading = ShownText(text_line("R00m l2", 0.4), text_line("KELUAR", language="id")).reading
            await heard_up_to(on, "Keluar.")
            await on.press()
            assert going.done()
            assert on.said == [
                "Exit.",
                "To the left, mind the step.",
                "A.",
                english("reading.continuous"),
                "A.",
                "Room 12.",
                "Keluar.",
                english("reading.continuous_over"),
            ]
            await on.press()
            assert on.said[-1] == RED

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_reading_on_ends_by_itself(monkeypatch):
    monkeypatch.setattr(reading_times, "CONTINUOUS", 0.3)

    async def trial():
        async with stage(
            reader=ShownText(text_line("EXIT")),
            player=FastPlayer(speed=2),
            earcons=False,
            language=load_language("id"),
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            await on.press(Gesture.DOUBLE)
            began, over = indonesian("reading.continuous"), indonesian("reading.continuous_over")
            assert on.said == ["Exit.", began, "Exit.", over]
            assert not on.narrator.is_busy

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_a_camera_that_is_lost_while_reading_on_is_told():
    async def trial():
        scene = Scene(painted("red"))
        async with stage(
            scene, reader=ShownText(text_line("EXIT")), player=FastPlayer(speed=2), earcons=False
        ) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            going = on.begin(Gesture.DOUBLE)
            await until(lambda: on.said.count("Exit.") == 2)
            scene.picture = unplugged()
            assert await going is PressEnd.ERROR_SPOKEN
            assert on.said[-1] == english("error.camera")

    tried(trial)


@pytest.mark.usefixtures("quick")
def test_text_that_comes_back_is_read_again(monkeypatch):
    monkeypatch.setattr(reading_times, "OUT_OF_SIGHT", 0.1)

    async def trial():
        reader = ShownText(text_line("EXIT"))
        async with stage(reader=reader, player=FastPlayer(speed=4), earcons=False) as on:
            on.narrator.do("read")
            await heard_up_to(on, "Exit.")
            on.begin(Gesture.DOUBLE)
            await until(lambda: on.said.count("Exit.") == 2)
            shown, reader.reading = reader.reading, ShownText().reading
            looks = len(reader.read_in)
            await asyncio.sleep(0.15)
            await until(lambda: len(reader.read_in) >= looks + 2)
            reader.reading = shown
            await until(lambda: on.said.count("Exit.") == 3)

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
