"""What a press does when something fails."""

from dataclasses import replace

import numpy as np
import pytest

from earsight.bundles.bundle import BundleError
from earsight.interaction.press_end import PressEnd
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from earsight.voice.earcons import Earcon
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import RED, stage, tried
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, unplugged, until
from tests.earsight.words import english


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BundleError("decoder.onnx: damaged"), "I can't describe pictures: the model is missing or damaged."),
        (RuntimeError("[ONNXRuntimeError]"), english("error.unforeseen")),
        (MemoryError(), english("error.unforeseen")),
        (ZeroDivisionError("division"), english("error.unforeseen")),
        (TimeoutError(), english("error.unforeseen")),
    ],
)
def test_a_captioner_that_fails_is_told_of(error, said):
    async def trial():
        async with stage() as on:
            on.captioner.fault = error
            assert await on.press() is PressEnd.ERROR_SPOKEN
            on.captioner.fault = None
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == [said, RED]

    tried(trial)


def test_a_damaged_bundle_is_told_of_and_once_mended_taken():
    attempts = []

    def load():
        attempts.append(1)
        if len(attempts) == 1:
            raise BundleError("decoder.onnx: damaged")
        return ColourCaptioner()

    async def trial():
        async with stage(load=load) as on:
            assert await on.press() is PressEnd.ERROR_SPOKEN
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["I can't describe pictures: the model is missing or damaged.", RED]

    tried(trial)


def test_a_lost_camera_is_told_of_and_once_back_used():
    async def trial():
        async with stage(Scene(unplugged())) as on:
            assert await on.press() is PressEnd.ERROR_SPOKEN
            await on.show(painted("red"))
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["I can't see: the camera isn't working.", RED]

    tried(trial)


def test_a_stale_picture_is_told_of():
    async def trial():
        async with stage(max_age=0.05) as on:
            await on.show(None)
            assert await on.press() is PressEnd.ERROR_SPOKEN
            assert on.said == ["I can't see: the camera's picture is out of date."]

    tried(trial)


def test_a_dark_picture_is_told_of():
    async def trial():
        async with stage(Scene(np.zeros((60, 80, 3), np.uint8))) as on:
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["The picture is too dark."]
            on.narrator.policy = replace(on.narrator.policy, limits=None)
            await on.press()
            assert on.said[1] != "The picture is too dark."

    tried(trial)


def test_a_look_that_takes_too_long_is_told_of():
    async def trial():
        async with stage() as on:
            patient = on.narrator.policy
            on.narrator.policy = replace(patient, look_limit=0.1)
            on.captioner.gate.clear()
            assert await on.press() is PressEnd.ERROR_SPOKEN
            assert on.said == [english("error.unforeseen")]
            on.captioner.gate.set()
            on.narrator.policy = patient
            assert await on.press() is PressEnd.SPOKEN

    tried(trial)


@pytest.mark.parametrize("part", ["synthesizer", "player"])
def test_a_voice_that_fails_and_then_works(part):
    """A text is made twice at most, a tone played once; the next press finds the voice as it then is."""
    faults = [Fault.FAILS] * 2
    kind = ToneSynthesizer if part == "synthesizer" else FastPlayer

    async def trial():
        async with stage(**{part: kind(faults)}, earcons=False) as on:
            assert await on.press() is PressEnd.NOT_SPOKEN
            assert await on.press() is PressEnd.SPOKEN
            assert on.said[-1] == RED

    tried(trial)


def test_what_was_described_while_sound_was_gone_can_be_repeated():
    async def trial():
        async with stage(player=FastPlayer([Fault.FAILS] * 3)) as on:  # tone, answer, tone of the error
            assert await on.press() is PressEnd.NOT_SPOKEN
            await until(lambda: on.narrator.speaker.idle)
            assert on.said == []
            on.scene.picture = unplugged()
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            assert on.said == [RED]

    tried(trial)


@pytest.mark.parametrize(("part", "times"), [("synthesizer", 2), ("player", 1)])
def test_a_voice_that_breaks_in_an_unforeseen_way_loses_no_press(part, times):
    class Broken(ToneSynthesizer if part == "synthesizer" else FastPlayer):
        async def _suffer(self):
            await super()._suffer()
            if self.calls <= times:
                raise ValueError("nobody thought of this")

    async def trial():
        async with stage(**{part: Broken()}, earcons=False) as on:
            assert await on.press() is PressEnd.NOT_SPOKEN
            assert await on.press() is PressEnd.SPOKEN

    tried(trial)


def test_a_tone_that_fails_does_not_cost_the_answer():
    async def trial():
        async with stage(player=FastPlayer([Fault.FAILS])) as on:
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == [RED]

    tried(trial)


def test_closing_ends_what_is_being_said():
    async def trial():
        async with stage(player=FastPlayer(speed=1)) as on:
            end = on.begin()
            await until(lambda: on.said == [RED])
            await on.narrator.close()
            assert await end is PressEnd.SUPERSEDED

    tried(trial)


def test_an_answer_that_comes_too_late_to_be_said_ends_in_a_tone(monkeypatch, caplog):
    monkeypatch.setattr(time_limits, "ANSWER_LIFE", 0.05)

    async def trial():
        async with stage(synthesizer=ToneSynthesizer(delay=0.5)) as on:
            assert await on.press() is PressEnd.NOT_SPOKEN
            await until(lambda: f"({Earcon.ERROR})" in on.heard)
            assert on.said == []

    tried(trial)
    assert "too late" in caplog.text
