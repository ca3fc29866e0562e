"""Every press ends in exactly one way."""

import asyncio

import pytest

from earsight.errors import spoken_error
from earsight.interaction.context import Context
from earsight.interaction.heard import SceneReport
from earsight.interaction.press_end import PressEnd
from earsight.interaction.responder import Responder
from earsight.interaction.turn import Reply
from earsight.message import message
from earsight.system.power_off import PowerOffError
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speech_queue import Outcome
from tests.earsight.interaction.narrator_stage import POLICY
from tests.earsight.words import english


class Mouth:
    """A speaker whose outcomes the test decides: an error is raised, a function is called for the outcome."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.said, self.earcons = [], []

    async def say(self, utterance, begun=None):
        self.said.append(utterance.text)
        outcome = self.outcomes.pop(0)
        if callable(outcome):
            outcome = await outcome()
        if isinstance(outcome, Exception):
            raise outcome
        if outcome in (Outcome.SPOKEN, Outcome.INTERRUPTED) and begun is not None:
            begun()
        return outcome

    async def earcon(self, earcon):
        self.earcons.append(earcon)


def answered(work, *outcomes, has_floor=False, during=None):
    """How it ends, what was said, and which tones sounded."""

    async def trial():
        mouth = Mouth(*outcomes)
        responder = Responder(Context(None, mouth, POLICY, None))
        if during:
            during(responder)
        end = await asyncio.wait_for(responder.answer(work, has_floor=has_floor), 10)
        await responder.close()
        return end, mouth, responder

    return asyncio.run(trial())


def reply(*words, **more):
    async def work():
        return Reply(words, **more)

    return work


def failing(error):
    async def work():
        raise error

    return work


@pytest.mark.parametrize(
    ("outcome", "end", "tones"),
    [
        (Outcome.SPOKEN, PressEnd.SPOKEN, []),
        (Outcome.INTERRUPTED, PressEnd.SUPERSEDED, []),
        (Outcome.DROPPED, PressEnd.SUPERSEDED, []),
        (Outcome.STALE, PressEnd.NOT_SPOKEN, [Earcon.ERROR]),
        (VoiceError("no card"), PressEnd.NOT_SPOKEN, [Earcon.ERROR]),
        (ValueError("nobody thought of this"), PressEnd.NOT_SPOKEN, [Earcon.ERROR]),
    ],
)
def test_how_the_words_end_is_how_the_press_ends(outcome, end, tones):
    ended, mouth, _ = answered(reply("A red wall."), outcome)
    assert (ended, mouth.said, mouth.earcons) == (end, ["A red wall."], tones)


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        (Outcome.SPOKEN, PressEnd.ERROR_SPOKEN),
        (Outcome.INTERRUPTED, PressEnd.SUPERSEDED),
        (Outcome.DROPPED, PressEnd.SUPERSEDED),
        (Outcome.STALE, PressEnd.NOT_SPOKEN),
    ],
)
@pytest.mark.parametrize("error", [TimeoutError(), ValueError("surprise"), PowerOffError("held")])
def test_an_error_that_is_spoken_is_told_apart(error, outcome, end):
    ended, mouth, _ = answered(failing(error), outcome)
    assert ended is end
    assert mouth.said == [english(spoken_error(error))]


def test_without_words_it_is_done():
    ended, mouth, _ = answered(reply())
    assert (ended, mouth.said) == (PressEnd.DONE, [])


def test_messages_and_labels_become_sentences():
    _, mouth, _ = answered(reply(message("menu.opened"), message("narration.on"), "Really?"), Outcome.SPOKEN)
    assert mouth.said == ["Menu. Narration on. Really?"]


@pytest.mark.parametrize(
    ("outcome", "heard"),
    [(Outcome.SPOKEN, True), (Outcome.INTERRUPTED, True), (Outcome.DROPPED, False), (Outcome.STALE, False)],
)
def test_a_report_is_heard_when_it_begins_to_sound(outcome, heard):
    report = SceneReport("A red wall.", 1.0)
    _, _, responder = answered(reply("A red wall.", report=report), outcome)
    known = responder._context.heard
    assert (known.description is report) is heard
    assert known.newest is report, "it can be repeated all the same"


# What comes after the words


def test_what_follows_is_done_after_the_words_and_its_failure_is_said():
    done = []

    async def then():
        done.append("then")
        raise PowerOffError("it can't")

    ended, mouth, _ = answered(reply("Off.", then=then), Outcome.SPOKEN, Outcome.SPOKEN)
    assert ended is PressEnd.ERROR_SPOKEN
    assert (mouth.said, done) == (["Off.", english("error.power_off")], ["then"])


@pytest.mark.parametrize(
    ("outcome", "end"), [(Outcome.SPOKEN, PressEnd.SPOKEN), (Outcome.STALE, PressEnd.NOT_SPOKEN)]
)
def test_what_follows_without_a_word_leaves_the_end_as_it_is(outcome, end):
    ended, mouth, _ = answered(reply("Off.", then=reply()), outcome)
    assert (ended, mouth.said) == (end, ["Off."])


# Making way


async def soon():
    await asyncio.sleep(0.05)


@pytest.mark.parametrize("outcome", [Outcome.DROPPED, Outcome.INTERRUPTED])
def test_what_made_way_for_something_short_is_said_again(outcome):
    floor = []

    async def cut_off():
        floor[0].take("louder")
        asyncio.get_running_loop().call_later(0.05, floor[0].give_back, "louder")
        return outcome

    ended, mouth, _ = answered(
        reply("A red wall."), cut_off, Outcome.SPOKEN, during=lambda responder: floor.append(responder.floor)
    )
    assert (ended, mouth.said) == (PressEnd.SPOKEN, ["A red wall."] * 2)


@pytest.mark.parametrize("outcome", [Outcome.SPOKEN, Outcome.STALE])
def test_what_was_over_when_it_made_way_is_not_said_again(outcome):
    floor = []

    async def over():
        floor[0].take("louder")
        return outcome

    _, mouth, _ = answered(reply("A."), over, during=lambda responder: floor.append(responder.floor))
    assert mouth.said == ["A."]


def test_nothing_is_said_while_the_floor_is_taken():
    async def trial():
        mouth = Mouth(Outcome.SPOKEN)
        responder = Responder(Context(None, mouth, POLICY, None))
        responder.floor.take("first")
        responder.floor.take("second")
        answering = asyncio.create_task(responder.answer(reply("A."), has_floor=False))
        await soon()
        responder.floor.give_back("first")  # who has it no more can't give it back
        await soon()
        assert mouth.said == []
        responder.floor.give_back("second")
        assert await asyncio.wait_for(answering, 5) is PressEnd.SPOKEN

    asyncio.run(trial())


def test_who_has_the_floor_speaks_and_is_not_repeated():
    ended, mouth, _ = answered(
        reply("Louder."),
        Outcome.INTERRUPTED,
        has_floor=True,
        during=lambda responder: responder.floor.take("louder"),
    )
    assert (ended, mouth.said) == (PressEnd.SUPERSEDED, ["Louder."])
