"""What is said unasked."""

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest

from earsight.interaction import narration
from earsight.interaction.look_interval import LookInterval
from earsight.interaction.press_end import PressEnd
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import GREEN, RED, stage, tried
from tests.earsight.language.scenes import AHEAD, CLOSE, LEFT
from tests.earsight.stand_ins import ColourCaptioner, Scene, ShownObjects, painted, unplugged, until
from tests.earsight.words import english


@asynccontextmanager
async def narrating(*arguments, every=0.02, **settings):
    async with stage(*arguments, earcons=False, **settings) as on:
        notices = on.narrator.notices
        saying = notices.say(on.narrator.speaker, lambda: on.narrator.policy.language)
        task = asyncio.create_task(saying)
        try:
            async with on.narrating(every):
                yield on
        finally:
            task.cancel()
            await asyncio.wait([task])


async def some_looks(on, looks=5):
    """Until the narrator has looked a few times more."""
    encoded = on.captioner.encoded
    await until(lambda: on.captioner.encoded >= encoded + looks)


def test_an_unchanged_scene_is_told_once_and_a_new_one_again():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            await some_looks(on)
            assert on.said == [RED]
            assert on.captioner.described == 1
            await on.show(painted("green"))
            await until(lambda: len(on.said) > 1)
            await some_looks(on)
            assert on.said == [RED, GREEN]

    tried(trial)


def test_what_a_press_described_is_not_told_again():
    async def trial():
        async with stage() as on:
            await on.press()
            async with on.narrating():
                await some_looks(on)
            assert on.said == [RED]

    tried(trial)


def test_looks_that_take_too_long_come_less_often_and_it_is_said_once():
    class Slow(ColourCaptioner):
        def encode(self, prepared):
            time.sleep(0.05)
            return super().encode(prepared)

    slow = Slow()

    async def trial():
        async with narrating(load=lambda: slow) as on:
            on.narrator.narration.interval = LookInterval()
            await until(lambda: english("narration.cant_keep_up") in on.said)
            await until(lambda: slow.encoded >= 6)
            assert on.said.count(english("narration.cant_keep_up")) == 1

    tried(trial)


def test_what_was_narrated_can_be_repeated():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


def test_what_a_failing_voice_could_not_say_is_news_at_the_next_look(caplog):
    async def trial():
        # Each utterance is tried twice: the first one fails, the second is heard.
        async with narrating(synthesizer=ToneSynthesizer([Fault.FAILS] * 2)) as on:
            await until(lambda: on.said == [RED])

    tried(trial)
    assert "injected failure" in caplog.text


def test_a_problem_is_told_once_until_it_comes_anew():
    async def trial():
        dark = np.zeros((60, 80, 3), np.uint8)
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            for times in (1, 2):
                await on.show(dark)
                await until(lambda times=times: len(on.said) == 1 + times)
                await asyncio.sleep(0.2)
                assert on.said == [RED] + ["The picture is too dark."] * times
                await on.show(painted("red"))
                await some_looks(on)

    tried(trial)


def test_a_problem_that_a_press_was_told_is_not_told_again():
    async def trial():
        async with stage(Scene(np.zeros((60, 80, 3), np.uint8)), earcons=False) as on:
            await on.press()
            async with on.narrating():
                await asyncio.sleep(0.3)
            assert on.said == ["The picture is too dark."]

    tried(trial)


def test_not_knowing_is_not_narrated():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            on.captioner.confidence = 0.1
            await on.show(painted("green"))
            await until(lambda: on.captioner.described == 2)
            await some_looks(on)
            assert on.said == [RED]
            assert on.captioner.described == 2, "there is no more to this scene"

    tried(trial)


def test_an_answer_is_never_talked_over():
    async def trial():
        async with narrating(player=FastPlayer(speed=2)) as on:
            await until(lambda: on.said == [RED])
            end = on.begin()
            await until(lambda: on.said == [RED, RED])
            await on.show(painted("green"))  # while the answer is being spoken
            assert await end is PressEnd.SPOKEN
            assert on.said == [RED, RED]
            await until(lambda: on.said == [RED, RED, GREEN])

    tried(trial)


def test_a_press_does_not_wait_for_the_decoding_of_narration():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            on.captioner.gate.clear()
            await on.show(painted("green"))
            await until(lambda: on.captioner.described == 2)
            end = on.begin()
            await until(lambda: on.captioner.described == 3)
            on.captioner.gate.set()
            assert await end is PressEnd.SPOKEN
            assert on.said == [RED, GREEN]

    tried(trial)


def test_a_scene_whose_narration_made_room_for_a_press_is_narrated_later():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            on.captioner.gate.clear()
            await on.show(painted("green"))
            await until(lambda: on.captioner.described == 2)
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            on.button_down(at=1.0)  # of what becomes a double press
            await until(lambda: on.captioner.described == 3)
            await on.press(Gesture.DOUBLE, at=1.0)
            on.captioner.gate.set()
            await until(lambda: on.said == [RED, RED, RED, GREEN])

    tried(trial)


def test_a_press_cuts_narration_off():
    async def trial():
        async with narrating(player=FastPlayer(speed=1)) as on:
            await until(lambda: on.said == [RED])
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


@pytest.mark.parametrize("error", [unplugged(), RuntimeError("surprise")])
def test_narration_goes_on_after_trouble_of_which_it_is_silent(error):
    async def trial():
        async with narrating(Scene(error)) as on:
            await asyncio.sleep(0.2)
            assert on.said == []
            on.scene.picture = painted("red")
            await until(lambda: on.said == [RED])

    tried(trial)


def test_a_captioner_that_breaks_does_not_end_narration():
    async def trial():
        async with narrating() as on:
            await until(lambda: on.said == [RED])
            on.captioner.fault = RuntimeError("broken")
            await on.show(painted("green"))
            await until(lambda: on.captioner.described >= 3)
            on.captioner.fault = None
            await until(lambda: on.said == [RED, GREEN])

    tried(trial)


def test_a_shorter_period_is_taken_at_once():
    async def trial():
        async with narrating(every=3600) as on:
            await until(lambda: on.said == [RED])
            await on.show(painted("green"))
            on.narrate_every(0.02)
            await until(lambda: on.said == [RED, GREEN])
            on.narrate_every(None)
            await on.show(painted("red"))
            await asyncio.sleep(0.3)
            assert on.said == [RED, GREEN]

    tried(trial)


def test_a_camera_that_is_lost_is_not_the_boards_slowness(monkeypatch, caplog):
    class Noted(LookInterval):
        """Counts the looks that its length follows from."""

        looks = 0

        def add_look(self, seconds):
            self.looks += 1
            super().add_look(seconds)

    interval = Noted()
    monkeypatch.setattr(time_limits, "FRAME_WAIT", 0.01)
    caplog.set_level(logging.DEBUG, narration.__name__)

    def in_vain():
        return sum(record.message.startswith("no narration") for record in caplog.records)

    async def trial():
        async with narrating() as on:
            on.narrator.narration.interval = interval
            await until(lambda: RED in on.said)
            assert interval.looks
            on.scene.picture = None
            on.narrator.policy = replace(on.narrator.policy, max_age=0.05)
            await until(in_vain)  # from now on every frame is too old
            before, looks = in_vain(), interval.looks
            await until(lambda: in_vain() >= before + 3)
            assert interval.looks == looks
            on.narrator.policy = replace(on.narrator.policy, max_age=60.0)
            on.scene.picture = painted("green")
            await until(lambda: GREEN in on.said)

    tried(trial)


def test_in_a_known_place_only_what_changes_is_told():
    detector, captioner = ShownObjects("person", "bench"), ColourCaptioner(confidence=0.3)

    async def trial():
        detector.shown = [("bench", 0.9, LEFT)]
        async with narrating(load=lambda: captioner, detector=detector) as on:
            await until(lambda: on.said == ["A bench on the left."])
            detector.shown.append(("person", 0.9, AHEAD))
            await until(lambda: on.said[1:] == ["A person ahead."])
            detector.shown[1] = ("person", 0.9, CLOSE)
            await until(lambda: on.said[2:] == ["A person close ahead."])
            detector.shown.pop()
            await until(lambda: on.said[3:] == ["Gone: a person."])
            looked = detector.detected
            await until(lambda: detector.detected > looked + 4)
            assert len(on.said) == 4
            assert captioner.described == 1, "captions are for new places"

    tried(trial)


def test_what_a_press_told_is_no_change():
    detector, captioner = ShownObjects("person", "bench"), ColourCaptioner(confidence=0.3)

    async def trial():
        detector.shown = [("bench", 0.9, LEFT)]
        async with narrating(load=lambda: captioner, detector=detector) as on:
            await until(lambda: on.said == ["A bench on the left."])
            on.narrate_every(None)
            await asyncio.sleep(0.1)
            detector.shown.append(("person", 0.9, AHEAD))
            await on.press()
            assert on.said[1:] == ["A person ahead, a bench on the left."]
            on.narrate_every(0.02)
            looked = detector.detected
            await until(lambda: detector.detected > looked + 4)
            assert len(on.said) == 2

    tried(trial)


def test_only_what_is_likely_is_narrated():
    detector, captioner = ShownObjects("person", least=0.1), ColourCaptioner(confidence=0.3)

    async def trial():
        detector.shown = [("person", 0.7, AHEAD)]
        async with narrating(load=lambda: captioner, detector=detector) as on:
            await until(lambda: detector.detected > 4)
            assert on.said == []
            await on.press()
            assert on.said == ["Probably a person ahead."]

    tried(trial)


def test_the_same_sentence_is_not_said_twice_in_a_row():
    async def trial():
        async with narrating() as on:
            on.captioner.words = "a wall"
            await until(lambda: on.said == ["A wall."])
            await on.show(painted("green"))
            await until(lambda: on.captioner.described == 2)
            await some_looks(on)
            assert on.said == ["A wall."]
            assert on.captioner.described == 2, "it is known that there is no more to say"

    tried(trial)


def test_narration_says_no_more_words_a_minute_than_it_may():
    async def trial():
        async with narrating(words_per_minute=20) as on:
            for colour, said in (("red", RED), ("green", GREEN), ("blue", "A blue wall.")):
                await on.show(painted(colour))
                await until(lambda said=said: on.said[-1:] == [said])
            await on.show(painted("red"))
            await some_looks(on)
            assert on.said[-1] == "A blue wall."
            assert on.captioner.described == 3, "nothing is decoded that could not be said"
            on.narrator.policy = replace(on.narrator.policy, words_per_minute=30)
            await until(lambda: on.said[-1] == RED)

    tried(trial)
