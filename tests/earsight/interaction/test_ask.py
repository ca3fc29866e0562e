"""Questions about what is in front of the wearer."""

import numpy as np
import pytest

from earsight.interaction.press_end import PressEnd
from earsight.language.language import PROBLEMS
from earsight.scene import Box, Problem
from tests.earsight.interaction.narrator_stage import stage, tried
from tests.earsight.stand_ins import ShownObjects, painted
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
