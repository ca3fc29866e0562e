"""What nobody has heard stays new, and is not repeated as if it had been heard elsewhere."""

import asyncio

import numpy as np
import pytest

from earsight.interaction.press_end import PressEnd
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import GREEN, RED, stage, tried
from tests.earsight.interaction.test_narration import some_looks
from tests.earsight.stand_ins import painted, until
from tests.earsight.words import english

DARK = np.zeros((60, 80, 3), np.uint8)


def test_an_answer_that_nobody_could_hear_is_narrated():
    async def trial():
        player = FastPlayer(faults=[Fault.FAILS] * 3)
        async with stage(player=player, earcons=False) as on:
            assert await on.press() is PressEnd.NOT_SPOKEN
            await until(lambda: on.narrator.speaker.idle)
            player.mend()
            assert (on.said, on.narrator.has_described) == ([], False)
            async with on.narrating():
                await until(lambda: on.said == [RED])
                await some_looks(on)
                assert on.said == [RED]
                assert on.narrator.has_described

    tried(trial)


def test_an_answer_that_was_superseded_before_it_sounded_is_narrated():
    async def trial():
        async with stage(earcons=False, synthesizer=ToneSynthesizer(delay=0.3)) as on:
            first = on.begin()
            await until(lambda: on.captioner.described == 1)
            await asyncio.sleep(0.05)  # being synthesized
            second = asyncio.create_task(on.do("status"))
            assert await first is PressEnd.SUPERSEDED
            assert await second is PressEnd.SPOKEN
            (status,) = on.said
            async with on.narrating():
                await until(lambda: on.said == [status, RED])

    tried(trial)


def test_an_answer_that_was_cut_off_is_not_narrated():
    """Its beginning was heard: the wearer knows where to press for the rest."""

    async def trial():
        async with stage(earcons=False, player=FastPlayer(speed=1)) as on:
            on.begin()
            await until(lambda: on.said == [RED])
            assert await on.do("stop") is PressEnd.DONE
            async with on.narrating():
                await some_looks(on, 10)
            assert on.said == [RED]

    tried(trial)


@pytest.mark.parametrize("kind", ["press", "narration"])
def test_after_a_problem_the_description_of_another_place_is_not_repeated(kind):
    async def trial():
        async with stage(earcons=False) as on:
            await on.press()
            await on.show(DARK)
            if kind == "press":
                await on.press()
            else:
                async with on.narrating():
                    await until(lambda: len(on.said) == 2)
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            assert on.said == [RED, *[english("problem.dark")] * 2]

    tried(trial)


def test_a_problem_that_nobody_could_hear_is_narrated():
    async def trial():
        player = FastPlayer()
        async with stage(earcons=False, player=player) as on:
            await on.press()
            await on.show(DARK)
            player.fail()
            assert await on.press() is PressEnd.NOT_SPOKEN
            await until(lambda: on.narrator.speaker.idle)
            player.mend()
            async with on.narrating():
                await until(lambda: on.said == [RED, english("problem.dark")])

    tried(trial)


def test_a_problem_is_told_anew_after_a_press_that_saw_none():
    async def trial():
        async with stage(earcons=False) as on:
            await on.show(DARK)
            await on.press()
            await on.show(painted("green"))
            await on.press()
            await on.show(DARK)
            async with on.narrating():
                await until(lambda: len(on.said) == 3)
                await some_looks_without_encoding(on)
            assert on.said == [english("problem.dark"), GREEN, english("problem.dark")]

    tried(trial)


async def some_looks_without_encoding(on):
    shown = on.scene.shown
    await until(lambda: on.scene.shown >= shown + 20)
