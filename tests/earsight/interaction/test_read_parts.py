"""Reading long texts, and in parts: the first lines are heard while the others are being recognised."""

from dataclasses import replace

import pytest

from earsight.interaction.press_end import PressEnd
from earsight.language.reading import LONGEST
from earsight.readers.reader import ReaderError
from earsight.scene import Reading
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import stage, tried
from tests.earsight.interaction.read_stage import LINES, heard_up_to, sentences, shown_in_parts
from tests.earsight.stand_ins import ShownText, text_line, unplugged
from tests.earsight.words import english


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


def test_the_first_lines_are_heard_while_the_others_are_being_recognised():
    async def trial():
        reader = shown_in_parts(1)
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
        reader = shown_in_parts(2)
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
        reader = shown_in_parts(2)
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
