"""What each press does, and what is said unasked. Camera, eyes and speaker are those that ship."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest

from earsight import wording
from earsight.cameras.camera import Camera
from earsight.cameras.replay import ReplaySource
from earsight.captioners.bundle import BundleError
from earsight.eyes import Eyes
from earsight.narrator import Narrator, Policy, PressEnd
from earsight.pace import Pace
from earsight.perception.quality import QualityLimits
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.sound import Sound
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.wav import WavPlayer
from earsight.wording import Thresholds
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, photo, unplugged, until

RED, GREEN = "A red wall.", "A green wall."
POLICY = Policy(
    max_age=60.0,  # however busy the machine, no picture is too old
    thresholds=Thresholds(plain=0.8, probably=0.5, maybe=0.2),
    limits=QualityLimits(),
    every=None,
    novelty=0.3,
    earcons=True,
)


class Stage:
    """A narrator with all around it, and a record of what was heard."""

    def __init__(self, narrator, captioner, scene):
        self.narrator, self.captioner, self.scene = narrator, captioner, scene
        self.heard = []

    def note(self, kind, text, _at):
        self.heard.append(text if kind == SPEECH else f"({kind})")

    @property
    def said(self):
        return [what for what in self.heard if not what.startswith("(")]

    def begin(self, gesture=Gesture.SHORT, at=None):
        return self.narrator.press(Press(gesture, time.monotonic() if at is None else at))

    async def press(self, gesture=Gesture.SHORT, at=None):
        return await asyncio.wait_for(self.begin(gesture, at), 30)

    async def show(self, picture):
        """Put something else in front of the camera, until no older frame is left."""
        self.scene.picture = picture
        if not isinstance(picture, np.ndarray):
            await asyncio.sleep(0.2)
            return
        shown = self.scene.shown
        await until(lambda: self.scene.shown >= shown + 7)


@asynccontextmanager
async def stage(source=None, *, load=None, synthesizer=None, player=None, **policy):
    scene = source or Scene(painted("red"))
    captioner = ColourCaptioner()
    camera = Camera(scene, retry_after=0.01, retry_at_most=0.02)
    eyes = Eyes(camera, load or (lambda: captioner))
    on_stage = []
    speaker = Speaker(
        synthesizer or ToneSynthesizer(),
        player or FastPlayer(),
        replay_for=0.0,
        on_sound=lambda *heard: on_stage[0].note(*heard),
    )
    narrator = Narrator(eyes, speaker, replace(POLICY, **policy))
    narrator.pace = Pace(share=0.0)  # its periods are shorter than any that can be configured
    on_stage.append(Stage(narrator, captioner, scene))
    camera.start()
    if getattr(scene, "picture", scene) is scene or isinstance(scene.picture, np.ndarray):
        assert await asyncio.to_thread(camera.wait_ready, 30)
    else:
        await asyncio.sleep(0.1)
    before = asyncio.all_tasks()
    try:
        yield on_stage[0]
    finally:
        scene.picture = unplugged()  # ends a wait for a picture
        await narrator.close()
        await speaker.close()
        await asyncio.to_thread(camera.close)
        await asyncio.to_thread(eyes.close)
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() - before if not task.done()], "a task was left behind"


def tried(trial):
    asyncio.run(asyncio.wait_for(trial(), 120))


# Short presses


def test_a_short_press_sounds_and_speaks():
    async def trial():
        async with stage() as on:
            assert await on.press() is PressEnd.SPOKEN
            assert on.heard == ["(look)", RED]

    tried(trial)


def test_a_photo_into_a_wav_file(tmp_path):
    """The replay camera and the WAV player, in real time."""

    async def trial():
        player = WavPlayer(tmp_path / "said.wav", real_time=True)

        class Quick(ToneSynthesizer):
            async def synthesize(self, text):
                sound = await super().synthesize(text)
                return Sound(sound.samples[::8], sound.rate)

        source = ReplaySource(photo(tmp_path, "green"))
        async with stage(source, player=player, synthesizer=Quick()) as on:
            assert await on.press() is PressEnd.SPOKEN
            assert on.heard == ["(look)", GREEN]
        seconds = ((tmp_path / "said.wav").stat().st_size - 44) / 2 / 22050
        assert seconds > 0.05 * len(GREEN) / 8

    tried(trial)


def test_no_tone_where_none_is_wanted():
    async def trial():
        async with stage(earcons=False) as on:
            assert await on.press() is PressEnd.SPOKEN
            assert on.heard == [RED]

    tried(trial)


def test_the_words_follow_the_thresholds():
    async def trial():
        async with stage() as on:
            on.captioner.confidence = 0.6
            await on.press()
            on.captioner.confidence = 0.1
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["Probably a red wall.", wording.CANT_TELL]

    tried(trial)


def test_the_words_follow_the_style():
    async def trial():
        async with stage(style=wording.Style.CAREFUL) as on:
            on.captioner.confidence = 0.9
            await on.press()
            on.captioner.confidence = 0.3
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["A wall.", wording.CANT_TELL]

    tried(trial)


def test_a_second_press_cuts_off_the_first_one_speaking():
    async def trial():
        async with stage(player=FastPlayer(speed=1)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            await on.show(painted("green"))
            second = on.begin()
            assert await first is PressEnd.SUPERSEDED
            await until(lambda: on.said == [RED, GREEN])
            on.begin()
            assert await second is PressEnd.SUPERSEDED

    tried(trial)


def test_a_second_press_while_the_first_one_looks():
    async def trial():
        async with stage() as on:
            on.captioner.gate.clear()
            first = on.begin()
            await until(lambda: on.captioner.described == 1)
            second = on.begin()
            assert await first is PressEnd.SUPERSEDED
            on.captioner.gate.set()
            assert await second is PressEnd.SPOKEN
            assert on.said == [RED]

    tried(trial)


def test_many_presses_at_once_end_in_one_answer_and_cost_no_looks():
    async def trial():
        async with stage() as on:
            on.captioner.gate.clear()
            ends = [on.begin()]
            await until(lambda: on.captioner.described == 1)
            for _ in range(30):
                ends.append(on.begin())
                await asyncio.sleep(0)
            ends += [on.begin() for _ in range(30)]
            on.captioner.gate.set()
            ended = await asyncio.wait_for(asyncio.gather(*ends), 30)
            assert ended == [PressEnd.SUPERSEDED] * 60 + [PressEnd.SPOKEN]
            assert on.said == [RED]
            assert on.captioner.described <= 3, "the looks of superseded presses kept the last one waiting"

    tried(trial)


# Double and long presses


def test_a_double_press_repeats():
    async def trial():
        async with stage() as on:
            await on.press()
            await on.show(painted("green"))
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            assert on.said == [RED, RED, RED]
            assert on.captioner.described == 1

    tried(trial)


def test_a_double_press_before_anything_was_described():
    async def trial():
        async with stage(Scene(unplugged())) as on:
            assert await on.press(Gesture.DOUBLE) is PressEnd.SPOKEN
            await on.press()
            await on.press(Gesture.DOUBLE)
            assert on.said == [
                wording.NOTHING_TO_REPEAT,
                "I can't see: the camera does not work.",
                wording.NOTHING_TO_REPEAT,
            ]

    tried(trial)


def test_a_double_press_on_a_button_says_the_whole_again():
    """TOUCH comes first and cuts off what is being said; the look that it began is not needed."""

    async def trial():
        async with stage(player=FastPlayer(speed=2)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            at = time.monotonic()
            assert on.begin(Gesture.TOUCH, at) is None
            assert await first is PressEnd.SUPERSEDED
            assert await on.press(Gesture.DOUBLE, at) is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


def test_a_long_press_gives_two_sentences():
    async def trial():
        async with stage() as on:
            assert await on.press(Gesture.LONG) is PressEnd.SPOKEN
            assert on.said == ["A red wall. Or maybe a red wall of bricks."]
            await on.press(Gesture.DOUBLE)
            assert on.said[1] == on.said[0]

    tried(trial)


@pytest.mark.parametrize(("gesture", "said"), [(Gesture.SHORT, RED), (Gesture.LONG, f"{RED} Or maybe")])
def test_a_touch_and_its_gesture_look_once(gesture, said):
    async def trial():
        async with stage() as on:
            at = time.monotonic()
            assert on.begin(Gesture.TOUCH, at) is None
            await until(lambda: on.captioner.described == 1)
            await on.show(painted("green"))
            assert await on.press(gesture, at) is PressEnd.SPOKEN
            assert on.said[0].startswith(said), "what was there when the button went down"
            assert on.heard[0] == "(look)"
            assert on.heard.count("(look)") == 1
            assert on.captioner.described == 1

    tried(trial)


def test_a_touch_of_another_press_is_not_mistaken():
    async def trial():
        async with stage() as on:
            on.begin(Gesture.TOUCH, 1.0)
            await until(lambda: on.captioner.described == 1)
            await on.show(painted("green"))
            assert await on.press(Gesture.SHORT, 2.0) is PressEnd.SPOKEN
            assert on.said == [GREEN]

    tried(trial)


# Trouble


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BundleError("decoder.onnx: damaged"), "I can't describe anything: the model is missing or damaged."),
        (RuntimeError("[ONNXRuntimeError]"), wording.WENT_WRONG),
        (MemoryError(), wording.WENT_WRONG),
        (ZeroDivisionError("division"), wording.WENT_WRONG),
        (TimeoutError(), wording.WENT_WRONG),
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
            assert on.said == ["I can't describe anything: the model is missing or damaged.", RED]

    tried(trial)


def test_a_lost_camera_is_told_of_and_once_back_used():
    async def trial():
        async with stage(Scene(unplugged())) as on:
            assert await on.press() is PressEnd.ERROR_SPOKEN
            await on.show(painted("red"))
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["I can't see: the camera does not work.", RED]

    tried(trial)


def test_a_stale_picture_is_told_of():
    async def trial():
        async with stage(max_age=0.05) as on:
            await on.show(None)
            assert await on.press() is PressEnd.ERROR_SPOKEN
            assert on.said == ["I can't see: the picture is too old."]

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


def test_eyes_that_hang_are_told_of():
    async def trial():
        async with stage() as on:
            patient = on.narrator.policy
            on.narrator.policy = replace(patient, look_limit=0.1)
            on.captioner.gate.clear()
            assert await on.press() is PressEnd.ERROR_SPOKEN
            assert on.said == [wording.WENT_WRONG]
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


@pytest.mark.parametrize("part", ["synthesizer", "player"])
def test_a_voice_that_breaks_in_an_unforeseen_way_loses_no_press(part):
    class Broken(ToneSynthesizer if part == "synthesizer" else FastPlayer):
        async def _suffer(self):
            await super()._suffer()
            if self.calls == 1:
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


# Narration


@asynccontextmanager
async def narrating(*arguments, every=0.02, **settings):
    async with stage(*arguments, every=every, earcons=False, **settings) as on:
        notices = on.narrator.notices
        tasks = [
            asyncio.create_task(work)
            for work in (on.narrator.narrate(), notices.say(lambda: on.narrator.speaker))
        ]
        try:
            yield on
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


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
            on.narrator.policy = replace(on.narrator.policy, every=0.02)
            task = asyncio.create_task(on.narrator.narrate())
            await some_looks(on)
            assert on.said == [RED]
            task.cancel()

    tried(trial)


def test_looks_that_take_too_long_come_less_often_and_it_is_said_once():
    class Slow(ColourCaptioner):
        def encode(self, prepared):
            time.sleep(0.05)
            return super().encode(prepared)

    slow = Slow()

    async def trial():
        async with narrating(load=lambda: slow) as on:
            on.narrator.pace = Pace()
            await until(lambda: wording.CANT_KEEP_UP in on.said)
            await until(lambda: slow.encoded >= 6)
            assert on.said.count(wording.CANT_KEEP_UP) == 1

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
            on.narrator.policy = replace(on.narrator.policy, every=0.02)
            task = asyncio.create_task(on.narrator.narrate())
            await asyncio.sleep(0.3)
            assert on.said == ["The picture is too dark."]
            task.cancel()

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
            on.narrator.policy = replace(on.narrator.policy, every=0.02)
            await until(lambda: on.said == [RED, GREEN])
            on.narrator.policy = replace(on.narrator.policy, every=None)
            await on.show(painted("red"))
            await asyncio.sleep(0.3)
            assert on.said == [RED, GREEN]

    tried(trial)
