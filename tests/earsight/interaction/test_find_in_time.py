"""A search from its beginning to its end, at the seconds at which things happen: on a clock that is moved."""

import asyncio
import time
from dataclasses import replace

import pytest

from earsight.cameras.source import CameraError
from earsight.interaction.bindings import SECOND_BUTTON
from earsight.interaction.context import Policy
from earsight.interaction.guidance import FindSettings
from earsight.interaction.narrator import Narrator
from earsight.interaction.preferences import Preferences
from earsight.interaction.press_end import PressEnd
from earsight.language.languages import load_language
from earsight.scene import Box, DetectedObject, Scene
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Look
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.voice import Voice
from tests.earsight import virtual_time
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import POLICY, SETTINGS
from tests.earsight.stand_ins import unplugged
from tests.earsight.words import english, indonesian

LEFT, AHEAD, RIGHT = (Box(left, 0.2, left + 0.2, 0.9) for left in (0.05, 0.4, 0.75))
GONE = "the camera is gone"

LOOK_TAKES = 0.1
"""Seconds of this clock for a look, as on a small board."""

BEGUN, UNSEEN = "Looking for a door.", "I don't see a door."
STOPPED, GIVEN_UP = english("find.stopped"), "I have stopped looking for a door."
LOST = english(CameraError.spoken.id)


class MovedLooks:
    """A look worker whose looks take a moment of the moved clock: there is the door where the course has it.

    course: from a second on, the box of the door, None, or GONE.
    """

    def __init__(self, course):
        self.course = course

    def look(self, _max_age, _request, *, background=False):
        assert not background
        return asyncio.ensure_future(self._look())

    async def _look(self):
        at = time.monotonic()
        await asyncio.sleep(LOOK_TAKES)
        where = [where for since, where in self.course.items() if since <= at][-1]
        if where is GONE:
            raise unplugged()
        objects = (DetectedObject("door", 0.95, where),) if where else ()
        presence = {"door": 0.95 if where else 0.02}
        return Look(Scene(at, objects=objects, presence=presence, findable=frozenset({"door"})), {})


class Ear(FastPlayer):
    """Hears in real time. ticks: when, and from where: the share of the right ear, 0..1."""

    def __init__(self):
        super().__init__(speed=1.0)
        self.ticks = []

    async def play(self, sound, started):
        if sound.channels == 2:
            power = (sound.samples.astype(float) ** 2).sum(axis=0)
            self.ticks.append((time.monotonic(), power[1] / power.sum()))
        await super().play(sound, started)


class Search:
    """What was heard of a search. words: when they began, and what they were."""

    def __init__(self, narrator, ear):
        self.narrator, self.ear, self.words = narrator, ear, []

    @property
    def said(self):
        return [words for _, words in self.words]

    def when(self, words):
        """Each time at which these words began."""
        return [at for at, said in self.words if said == words]

    def ticks(self, since, until):
        return [where for at, where in self.ear.ticks if since <= at < until]

    async def at(self, second):
        await asyncio.sleep(second - time.monotonic())

    async def press(self, gesture=Gesture.SHORT, source="button"):
        return await self.narrator.take(Press(gesture, time.monotonic()), source)


@pytest.fixture
def search(monkeypatch):
    """Runs a trial beside a search for a door that begins at second 0."""

    def run(course, trial, **policy):
        async def main():
            monkeypatch.setattr(time, "monotonic", asyncio.get_running_loop().time)
            ear = Ear()
            speaker = Speaker(
                Voice(ToneSynthesizer(), ear, replay_for=0.0),
                on_sound=lambda kind, words, at: kind == SPEECH and on.words.append((at, words)),
            )
            kept: Policy = replace(POLICY, finding=FindSettings(looks_per_second=8.0), **policy)
            narrator = Narrator(MovedLooks(course), speaker, kept, Preferences(SETTINGS, None))
            on = Search(narrator, ear)
            looking = narrator.do("find", argument="door")
            await trial(on, looking)
            await narrator.close()
            await speaker.close()

        virtual_time.run(main())

    return run


def test_to_the_door_and_away_from_it_again(search):
    async def trial(on, looking):
        assert await looking is PressEnd.SPOKEN
        assert on.said == [
            BEGUN,
            "A door on the left.",
            "A door ahead.",
            "A door on the right.",
            UNSEEN,
            UNSEEN,
            UNSEEN,
            GIVEN_UP,
        ]
        for words, since in (("A door on the left.", 2), ("A door ahead.", 9), ("A door on the right.", 15)):
            (at,) = on.when(words)
            assert since < at < since + 2
        first, *again = on.when(UNSEEN)
        assert 24 < first < 26.5, "some seconds after it was lost"
        assert [later - earlier for earlier, later in zip([first, *again], again, strict=False)] == (
            pytest.approx([15, 15], abs=0.5)
        )
        assert on.ticks(0, 2) == []
        assert max(on.ticks(3, 9)) < 0.3
        assert all(0.4 < where < 0.6 for where in on.ticks(11, 15))
        assert min(on.ticks(17, 20)) > 0.7
        assert on.ticks(22, 100) == [], "nothing leads to where it was"
        assert 60 < on.when(GIVEN_UP)[0] < 64

    search({0: None, 2: LEFT, 9: AHEAD, 15: RIGHT, 20: None}, trial)


def test_what_flickers_is_neither_lost_nor_told_again(search):
    course = {0: AHEAD} | {5 + 0.25 * step: AHEAD if step % 2 else None for step in range(100)}

    async def trial(on, _looking):
        await on.at(29)
        assert on.said == [BEGUN, "A door ahead."]
        assert len(on.ticks(5, 29)) > 20

    search(course, trial)


def test_a_press_ends_it_and_nothing_follows(search):
    async def trial(on, looking):
        await on.at(5)
        assert await on.press() is PressEnd.SPOKEN
        assert await looking is PressEnd.SUPERSEDED
        await on.at(100)
        assert on.said == [BEGUN, "A door ahead.", STOPPED]
        assert on.ticks(5.1, 100) == []

    search({0: AHEAD}, trial)


def test_a_press_of_the_second_button_ends_it_too(search):
    async def trial(on, looking):
        await on.at(5)
        assert await on.press(source=SECOND_BUTTON) is PressEnd.SPOKEN
        assert await looking is PressEnd.SUPERSEDED
        await on.at(20)
        assert on.said == [BEGUN, "A door ahead.", STOPPED]

    search({0: AHEAD}, trial)


def test_a_camera_that_goes_is_told_seldom_and_stale_places_not_at_all(search):
    async def trial(on, looking):
        assert await looking is PressEnd.SPOKEN
        assert on.said == [BEGUN, "A door ahead.", LOST, LOST, "A door on the left.", GIVEN_UP]
        first, again = on.when(LOST)
        assert 8 < first < 9
        assert again - first == pytest.approx(15, abs=1)
        assert on.ticks(9, 30) == []
        assert max(on.ticks(32, 60)) < 0.3

    search({0: AHEAD, 8: GONE, 30: LEFT}, trial)


def test_a_camera_that_is_back_has_some_seconds_before_nothing_is_seen(search):
    async def trial(on, _looking):
        await on.at(25)
        assert on.said == [BEGUN, LOST, UNSEEN]
        assert on.when(UNSEEN)[0] > 13, "not after one look"

    search({0: GONE, 10: None}, trial)


def test_in_indonesian(search):
    async def trial(on, looking):
        assert await looking is PressEnd.SPOKEN
        assert on.said == [
            "Mencari pintu.",
            "Pintu di kiri.",
            *["Saya tidak melihat pintu."] * 4,
            "Saya sudah berhenti mencari pintu.",
        ]

    search({0: LEFT, 8: None}, trial, language=load_language("id"))


def test_new_settings_hold_at_once_the_language_too(search):
    async def trial(on, looking):
        await on.at(5)
        on.narrator.policy = replace(on.narrator.policy, language=load_language("id"))
        await on.at(15)
        assert on.said == [BEGUN, "A door on the left.", "Pintu di kanan."]
        assert not looking.done()
        assert await on.press() is PressEnd.SPOKEN
        assert on.said[-1] == indonesian("find.stopped")

    search({0: LEFT, 8: RIGHT}, trial)
