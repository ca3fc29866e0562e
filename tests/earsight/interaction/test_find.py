"""The action find, with all around it."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from earsight.actions import ArgumentError
from earsight.cameras.source import CameraError
from earsight.errors import CaptionerError
from earsight.interaction import finding_times
from earsight.interaction.guidance import FindSettings
from earsight.interaction.press_end import PressEnd
from earsight.language.languages import load_language
from earsight.scene import Box
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.stand_ins import ShownObjects, painted, unplugged, until
from tests.earsight.words import english

LEFT, AHEAD, RIGHT = (Box(left, 0.2, left + 0.2, 0.9) for left in (0.05, 0.4, 0.75))
BEGUN = "Looking for a door."


def eyes(*shown, classes=("door", "chair", "dog", "person"), least=0.3):
    detector = ShownObjects(*classes, least=least)
    detector.shown = list(shown)
    return detector


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """What is said after seconds is said sooner, and one look is enough, however few there are. Only that
    nothing is seen is said later: a busy machine may not look for seconds."""
    soon = {"STEADY": 0.05, "REPEAT": 0.05, "UNSEEN": 60.0, "SMOOTHING": 0.001}
    for name, seconds in soon.items():
        monkeypatch.setattr(finding_times, name, seconds)


@pytest.fixture
def _unseen_soon(monkeypatch):
    monkeypatch.setattr(finding_times, "UNSEEN", 0.2)


FAST = FindSettings(("pintu", "chair"), looks_per_second=50)


def finding(detector, **settings):
    return stage(detector=detector, finding=FAST, **settings)


async def heard(on, *words):
    await until(lambda: all(each in on.said for each in words))


def test_what_is_there_is_said_once_and_ticks_lead_to_it_until_a_press():
    async def trial():
        async with finding(eyes(("door", 0.95, LEFT))) as on:
            looking = on.narrator.do("find", argument="door")
            await heard(on, BEGUN, "A door on the left.")
            await until(lambda: on.heard.count("(tone)") > 8)
            assert on.captioner.described == 0
            on.button_down(7.0)
            assert await on.press(at=7.0) is PressEnd.SPOKEN
            assert await looking is PressEnd.SUPERSEDED
            assert on.said == [BEGUN, "A door on the left.", english("find.stopped")]
            await on.press()
            assert on.said[-1].endswith("A door on the left.") or RED in on.said[-1]

    tried(trial)


class Ears(FastPlayer):
    """Keeps the share of the right channel of each stereo sound."""

    def __init__(self):
        super().__init__()
        self.right = []

    async def play(self, sound, started):
        if sound.channels == 2:
            power = (sound.samples.astype(float) ** 2).sum(axis=0)
            self.right.append(power[1] / power.sum())
        await super().play(sound, started)


def test_the_ticks_come_from_where_the_thing_is_and_follow_it():
    async def trial():
        ears, detector = Ears(), eyes(("door", 0.95, LEFT))
        async with finding(detector, player=ears) as on:
            on.narrator.do("find", argument="door")
            await until(lambda: len(ears.right) > 3)
            assert max(ears.right) < 0.3
            detector.shown = [("door", 0.95, RIGHT)]
            await heard(on, "A door on the right.")
            await until(lambda: ears.right[-1] > 0.7)
            await on.press()

    tried(trial)


@pytest.mark.usefixtures("_unseen_soon")
def test_what_is_not_seen_is_told_and_the_search_goes_on():
    async def trial():
        detector = eyes()
        async with finding(detector) as on:
            on.narrator.do("find", argument="the doors")
            await heard(on, BEGUN, "I don't see a door.")
            assert "(tone)" not in on.heard
            detector.shown = [("door", 0.4, AHEAD)]
            await heard(on, "Not sure, maybe a door ahead.")
            await on.press(Gesture.LONG)
            assert on.said[-1] == english("find.stopped")

    tried(trial)


@pytest.mark.usefixtures("_unseen_soon")
def test_of_people_it_is_never_said_that_none_is_seen():
    async def trial():
        async with finding(eyes()) as on:
            on.narrator.do("find", argument="person")
            await heard(on, "Still looking for a person.")
            await on.press()

    tried(trial)


@pytest.mark.usefixtures("_unseen_soon")
def test_a_dark_picture_is_told():
    async def trial():
        async with finding(eyes()) as on:
            await on.show(np.zeros((60, 80, 3), np.uint8))
            on.narrator.do("find", argument="door")
            await heard(on, english("problem.dark"))
            await on.press()

    tried(trial)


@pytest.mark.parametrize("language", ["en", "id"])
def test_it_ends_by_itself(monkeypatch, language):
    monkeypatch.setattr(finding_times, "LASTS", 0.3)
    ends = {"en": "I have stopped looking for a door.", "id": "Saya sudah berhenti mencari pintu."}

    async def trial():
        async with finding(eyes(), language=load_language(language)) as on:
            assert await on.do("find", "pintu") is PressEnd.SPOKEN
            assert on.said[-1] == ends[language]
            await on.press()
            assert on.said[-1] != english("find.stopped")

    tried(trial)


@pytest.mark.parametrize("argument", ["manhole", "laptop"])
def test_what_the_detector_does_not_know_can_t_be_looked_for(argument):
    detector = eyes(classes=("door",))
    detector.classes += eyes(classes=("manhole",), least=1.0).classes

    async def trial():
        async with finding(detector) as on:
            assert await on.do("find", argument) is PressEnd.SPOKEN
            assert on.said[-1] == f"A {argument}: I can't look for that."

    tried(trial)


def test_without_a_detector_nothing_can_be_looked_for():
    async def trial():
        async with finding(None) as on:
            await on.do("find", "door")
            assert on.said == [BEGUN, "A door: I can't look for that."]

    tried(trial)


def test_what_is_no_thing_is_refused_when_typed_and_said_when_spoken():
    async def trial():
        async with finding(eyes()) as on:
            with pytest.raises(ArgumentError, match="did you mean 'door'"):
                on.narrator.do("find", argument="dor")
            assert on.heard == []
            answer = on.narrator._runner.run("find", "microphone", argument="xyzzy")
            reply = await answer
            assert load_language("en").text(reply.words[0]) == "Xyzzy: I can't look for that."

    tried(trial)


def test_the_menu_of_favourites():
    async def trial():
        async with finding(eyes(("chair", 0.95, RIGHT))) as on:
            await on.do("find")
            assert on.said == ["Find what? A door."]
            await on.press()
            on.begin(Gesture.LONG)
            await heard(on, "Looking for a chair.", "A chair on the right.")
            await on.press()
            assert on.said[1:] == [
                "A chair.",
                "Looking for a chair.",
                "A chair on the right.",
                "Stopped looking.",
            ]

    tried(trial)


def test_a_camera_that_goes_is_told_once_and_the_search_goes_on_when_it_is_back():
    async def trial():
        detector = eyes(("door", 0.95, AHEAD))
        async with finding(detector) as on:
            on.narrator.do("find", argument="door")
            await heard(on, "A door ahead.")
            on.scene.picture = unplugged()
            lost = english(CameraError.spoken.id)
            await heard(on, lost)
            detector.shown = [("door", 0.95, RIGHT)]
            on.scene.picture = painted("green")
            await heard(on, "A door on the right.")
            assert on.said.count(lost) == 1
            await on.press()

    tried(trial)


def test_a_model_that_fails_ends_the_search():
    async def trial():
        detector = eyes()
        detector.fault = CaptionerError("it is damaged")
        async with finding(detector) as on:
            assert await on.do("find", "door") is PressEnd.ERROR_SPOKEN
            assert on.said == [BEGUN, english("error.captioner")]

    tried(trial)


def test_settings_can_be_changed_meanwhile():
    async def trial():
        async with finding(eyes(("door", 0.95, LEFT))) as on:
            looking = on.narrator.do("find", argument="door")
            await heard(on, "A door on the left.")
            assert await on.do("quieter") is PressEnd.SPOKEN
            ticks = on.heard.count("(tone)")
            await until(lambda: on.heard.count("(tone)") > ticks + 3)
            assert not looking.done()
            await on.press()

    tried(trial)


def test_around():
    shown = [
        ("dog", 0.9, LEFT),
        ("person", 0.9, RIGHT),
        ("person", 0.9, replace(RIGHT, left=0.7)),
        ("chair", 0.4, LEFT),
    ]

    async def trial():
        async with finding(eyes(*shown)) as on:
            assert await on.do("around") is PressEnd.SPOKEN
            (said,) = on.said
            assert said == (
                "On the left: a dog, maybe a chair. I can't tell what's ahead. On the right: two people."
            )
            await on.do("repeat")
            assert on.said[1] == said

    tried(trial)


def test_a_search_ends_with_the_service():
    async def trial():
        async with finding(eyes(("door", 0.95, LEFT))) as on:
            on.narrator.do("find", argument="door")
            await heard(on, "A door on the left.")
            await asyncio.sleep(0)  # the stage asserts that no task is left behind

    tried(trial)
