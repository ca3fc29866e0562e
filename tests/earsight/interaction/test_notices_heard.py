"""How often a notice is said, by what became of it."""

from __future__ import annotations

import asyncio

import pytest

from earsight.interaction.notices import Notices
from earsight.message import message
from earsight.system import time_limits
from earsight.voice.sound import VoiceError
from earsight.voice.speech_queue import Outcome
from tests.earsight import virtual_time
from tests.earsight.interaction.notice_words import BROKEN, Verbatim


class Mouth:
    """A speaker on the loop's own clock, which says when it was asked for what.

    Attributes:
        outcomes: What becomes of the notices, in turn; an error is raised. After that all are spoken.
        silent: Whether sound is lost.
    """

    def __init__(self, *outcomes, silent=None):
        self.outcomes, self.silent = list(outcomes), silent
        self.asked = []

    async def say(self, utterance):
        self.asked.append((asyncio.get_running_loop().time(), utterance.text))
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.SPOKEN
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def told(mouth, script, seconds=1000.0):
    """When it was asked for what, while the script runs."""

    async def main():
        notices = Notices()
        saying = asyncio.create_task(notices.say(mouth, Verbatim))
        await script(notices)
        await asyncio.sleep(seconds)
        saying.cancel()
        await asyncio.wait([saying])
        return mouth.asked

    return virtual_time.run(main())


FAILS = VoiceError("no voice")


@pytest.mark.parametrize("error", [FAILS, ValueError("nobody thought of this")])
def test_the_pause_before_a_voice_that_failed_doubles_up_to_a_minute_and_begins_anew(error):
    async def script(notices):
        notices.trouble("it", message(BROKEN))
        await asyncio.sleep(500)
        notices.trouble("it", message("Worse."))

    asked = told(Mouth(*[error] * 8, Outcome.SPOKEN, error), script)
    first = [at for at, text in asked if text == BROKEN]
    assert first == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert [at - 500 for at, text in asked if text == "Worse."] == [0, 1]


def test_while_sound_is_lost_nobody_is_asked_and_then_at_once():
    mouth = Mouth(silent="no card")

    async def script(notices):
        notices.trouble("it", message(BROKEN))
        await asyncio.sleep(50)
        mouth.silent = None

    ((at, _),) = told(mouth, script)
    assert 50 <= at <= 50 + time_limits.NOTICE_POLL


def test_a_voice_that_fails_since_sound_is_lost_is_not_paused_for():
    mouth = Mouth(FAILS, silent=None)

    async def script(notices):
        notices.trouble("it", message(BROKEN))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        mouth.silent = "no card"
        await asyncio.sleep(50)
        mouth.silent = None

    (_, (at, _)) = told(mouth, script)
    assert 50 <= at <= 50 + time_limits.NOTICE_POLL


@pytest.mark.parametrize(
    ("outcomes", "times"),
    [
        ([Outcome.SPOKEN], 1),
        ([Outcome.INTERRUPTED], 2),
        ([Outcome.INTERRUPTED] * 2, 2),
        ([Outcome.DROPPED], 2),
        ([Outcome.DROPPED] * 3, 4),
        ([Outcome.STALE] * 3, 4),
        ([Outcome.DROPPED, Outcome.INTERRUPTED, Outcome.STALE], 4),
    ],
)
def test_how_often_a_notice_is_said(outcomes, times):
    async def script(notices):
        notices.trouble("it", message(BROKEN))

    assert len(told(Mouth(*outcomes), script)) == times


def test_a_trouble_that_changes_is_told_anew_and_one_that_comes_back_as_it_was_is_not():
    async def script(notices):
        for text in ("Lost.", "Lost.", "Black.", "Lost."):
            notices.trouble("camera", message(text), over=message("Back."))
            await asyncio.sleep(1)
        notices.trouble("camera", message("Black."))
        notices.trouble("camera", message("Lost."))

    assert [text for _, text in told(Mouth(), script)] == ["Lost.", "Black.", "Lost."]


def test_a_trouble_that_is_over_while_its_words_are_cut_off_is_known_to_be_over():
    class Slow(Mouth):
        async def say(self, utterance):
            await asyncio.sleep(1)
            return await super().say(utterance)

    async def script(notices):
        notices.trouble("camera", message("Lost."), over=message("Back."))
        await asyncio.sleep(0.5)
        notices.trouble("camera", None)

    assert [text for _, text in told(Slow(Outcome.INTERRUPTED), script)] == ["Lost.", "Back."]


def test_a_trouble_that_is_reported_again_after_it_was_cut_off_is_still_said_once_more():
    class Reporting(Mouth):
        """Reports the trouble again just after its words were cut off."""

        async def say(self, utterance):
            outcome = await super().say(utterance)
            asyncio.get_running_loop().call_soon(self.report)
            await asyncio.sleep(0)
            return outcome

    mouth = Reporting(Outcome.INTERRUPTED, FAILS)

    async def script(notices):
        mouth.report = lambda: notices.trouble("it", message(BROKEN))
        mouth.report()
        for _ in range(20):
            await asyncio.sleep(0.1)
            mouth.report()

    assert [text for _, text in told(mouth, script)] == [BROKEN] * 3


def test_what_comes_up_again_waits_behind_what_has_waited_longer():
    mouth = Mouth()

    async def script(notices):
        notices.trouble("camera", message("Lost."))
        await asyncio.sleep(1)
        notices.trouble("camera", None)
        mouth.silent = "no card"
        notices.trouble("board", message("Hot."))
        notices.trouble("camera", message("Lost."))
        await asyncio.sleep(1)
        mouth.silent = None

    assert [text for _, text in told(mouth, script)] == ["Lost.", "Hot.", "Lost."]
