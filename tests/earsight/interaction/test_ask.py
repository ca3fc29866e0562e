"""Questions about what is in front of the wearer."""

import logging
import pickle
from contextlib import asynccontextmanager, closing

import numpy as np
import pytest

from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.transport import Transport
from earsight.interaction.asking import understood
from earsight.interaction.press_end import PressEnd
from earsight.language.language import PROBLEMS
from earsight.language.languages import load_language
from earsight.scene import Box, Problem
from tests.earsight.captioners.remote.conftest import NEVER_OPENS
from tests.earsight.captioners.remote.other_machine import OtherMachine, answering, http, says, silent
from tests.earsight.interaction.narrator_stage import POLICY, stage, tried
from tests.earsight.stand_ins import ColourCaptioner, ShownObjects, painted, until
from tests.earsight.words import english

LEFT = Box(0.0, 0.2, 0.3, 0.8)


def detector():
    shown = ShownObjects("person", "car", "door", least=0.3)
    shown.shown = [("person", 0.99, LEFT), ("car", 0.99, Box(0.4, 0.2, 0.7, 0.8))]
    return shown


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how many people are there", "A person on the left."),
        ("di mana orangnya", "A person on the left."),
        ("What colour is the car?", "A car ahead: probably red."),
        ("what colour is this", "In the middle: probably red."),
        ("how many unicorns", "I can't look for unicorns."),
        ("sing a song", f"{english('ask.not_understood')} {english('ask.examples')}"),
        (None, english("ask.examples")),
    ],
)
def test_answers(question, answer):
    async def trial():
        async with stage(detector=detector()) as on:
            assert await on.do("ask", question) is PressEnd.SPOKEN
            assert on.said == [answer]
            assert on.captioner.described == 0

    tried(trial)


def test_in_the_dark():
    async def trial():
        async with stage(detector=detector()) as on:
            await on.show(np.zeros((60, 80, 3), np.uint8) + 3)
            await on.do("ask", "is there a door")
            assert on.said == [english(PROBLEMS[Problem.DARK])]

    tried(trial)


def test_the_colour_of_this_needs_no_model():
    def broken():
        raise AssertionError("the model was loaded")

    async def trial():
        async with stage(load=broken) as on:
            await on.show(painted("green"))
            await on.do("ask", "what colour is this")
            await on.do("light")
            assert all("green" in said for said in on.said)
            assert len(on.said) == 2

    tried(trial)


# With a model that can be asked anything


@asynccontextmanager
async def asking(behaviour, limits=NEVER_OPENS, time_limit=20.0, **settings):
    """A stage whose captioner asks another machine, and that machine."""
    with closing(OtherMachine(behaviour)) as machine:
        model = ChatModel(Transport(machine.url), "tiny")
        with closing(RemoteCaptioner(ColourCaptioner(), model, time_limit, limits=limits)) as captioner:
            kept = {"detector": detector(), "load": lambda: captioner, "has_model": True}
            async with stage(**kept, **settings) as on:
                yield on, machine


@pytest.mark.parametrize(
    ("question", "reply", "answer"),
    [
        ("What is on the table?", "Two cups.", "Not sure, maybe: two cups."),
        ("how many unicorns", "One unicorn.", "Not sure, maybe: one unicorn."),
        ("is there a door", "Yes, on the right.", "Not sure, maybe: yes, on the right."),
        ("what does it say", "I don't know.", english("ask.cant_answer")),
        ("is there a door", "I don't know.", "I don't see a door."),
        ("is anything ahead", "No.", english("ask.cant_answer")),
        ("what is ahead", "The way is clear.", english("ask.cant_answer")),
        ("what is ahead", "}{ \x00 ~~", english("ask.cant_answer")),
    ],
)
def test_what_the_scene_does_not_know_the_model_is_asked(question, reply, answer):
    async def trial():
        async with asking(says(reply)) as (on, machine):
            assert await on.do("ask", question) is PressEnd.SPOKEN
            assert on.said == [answer]
            assert len(machine.received) == 1

    tried(trial)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("is there a car", "A car ahead."),
        ("What colour is the car?", "A car ahead: probably red."),
        ("what colour is this", "In the middle: probably red."),
        ("can I cross now", english("ask.cant_answer")),
        (None, english("ask.examples")),
    ],
)
def test_what_the_scene_knows_and_whether_one_may_go_leave_the_device_never(question, answer):
    async def trial():
        async with asking(says("Something else.")) as (on, machine):
            assert await on.do("ask", question) is PressEnd.SPOKEN
            assert on.said == [answer]
            assert machine.received == []

    tried(trial)


def test_in_indonesian():
    async def trial():
        async with asking(says("Dua cangkir."), language=load_language("id")) as (on, _):
            await on.do("ask", "apa yang ada di meja")
            assert on.said == ["Mungkin: dua cangkir."]

    tried(trial)


@pytest.mark.parametrize("behaviour", [silent, answering(http(b"", "500 No"))])
def test_slow_or_refused_the_scene_answers_or_it_is_said_that_nobody_can(behaviour):
    async def trial():
        async with asking(behaviour, time_limit=0.3) as (on, _):
            await on.do("ask", "is there a door")
            await on.do("ask", "what is on the table")
            assert on.said == ["I don't see a door.", english("ask.cant_answer")]

    tried(trial)


def test_a_press_ends_the_question():
    async def trial():
        async with asking(silent, time_limit=60.0) as (on, machine):
            question = on.narrator.do("ask", argument="what is on the table")
            await until(machine.came.is_set)
            await on.do("help")
            assert await question is PressEnd.SUPERSEDED
            await until(machine.gone.is_set)
            assert len(on.said) == 1

    tried(trial)


def test_in_the_dark_nothing_is_sent():
    async def trial():
        async with asking(says("Two cups.")) as (on, machine):
            await on.show(np.zeros((60, 80, 3), np.uint8) + 3)
            await on.do("ask", "what is on the table")
            assert on.said == [english(PROBLEMS[Problem.DARK])]
            assert machine.received == []

    tried(trial)


def test_what_a_model_has_read_reaches_no_log(caplog):
    caplog.set_level(logging.DEBUG)

    async def trial():
        async with asking(says("The letter is from Dr. Hidayat.")) as (on, _):
            await on.do("ask", "who has written this")
            assert "Hidayat" in on.said[0]

    tried(trial)
    assert "answer: (" in caplog.text
    assert "Hidayat" not in caplog.text
    assert "who has written" not in caplog.text


def test_what_a_look_has_to_give_can_be_sent_to_another_process():
    asked = understood("is there a door", load_language("en"), has_model=True)
    request = asked.request(POLICY.phrasing)
    assert pickle.loads(pickle.dumps(request)) == request
