"""What each press does."""

import asyncio
import time
from dataclasses import replace

import pytest

from earsight.cameras.replay import ReplaySource
from earsight.interaction.press_end import PressEnd
from earsight.language.language import Style
from earsight.language.languages import load_language
from earsight.triggers.trigger import Gesture
from earsight.voice.sound import Sound
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.interaction.narrator_stage import GREEN, POLICY, RED, stage, tried
from tests.earsight.stand_ins import Scene, painted, photo, unplugged, until
from tests.earsight.words import english, indonesian


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
            async def synthesize(self, text, rate):
                sound = await super().synthesize(text, rate)
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
            assert on.said == ["Probably a red wall.", english("description.none")]

    tried(trial)


def test_the_words_follow_the_style():
    async def trial():
        async with stage(phrasing=replace(POLICY.phrasing, style=Style.CAREFUL)) as on:
            on.captioner.confidence = 0.9
            await on.press()
            on.captioner.confidence = 0.3
            assert await on.press() is PressEnd.SPOKEN
            assert on.said == ["A wall.", english("description.none")]

    tried(trial)


def test_in_another_language_nothing_of_the_old_one_is_said():
    async def trial():
        async with stage() as on:
            await on.press()
            on.narrator.policy = replace(on.narrator.policy, language=load_language("id"))
            await on.press(Gesture.DOUBLE)
            await on.press()
            await on.press(Gesture.DOUBLE)
            assert on.said == [RED, indonesian("repeat.nothing"), "Sebuah dinding.", "Sebuah dinding."]

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
            await until(lambda: all(end.done() for end in ends[:-1]))
            on.captioner.gate.set()
            ended = await asyncio.wait_for(asyncio.gather(*ends), 30)
            assert ended == [PressEnd.SUPERSEDED] * 60 + [PressEnd.SPOKEN]
            assert on.said == [RED]
            assert on.captioner.captioned == 1, "the looks of superseded presses kept the last one waiting"

    tried(trial)


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
                english("repeat.nothing"),
                "I can't see: the camera isn't working.",
                english("repeat.nothing"),
            ]

    tried(trial)


def test_a_double_press_on_a_button_says_the_whole_again():
    """The button goes down first and cuts off what is being said; the look that it began is not needed."""

    async def trial():
        async with stage(player=FastPlayer(speed=2)) as on:
            first = on.begin()
            await until(lambda: on.said == [RED])
            at = time.monotonic()
            assert on.button_down(at) is None
            assert await first is PressEnd.SUPERSEDED
            assert await on.press(Gesture.DOUBLE, at) is PressEnd.SPOKEN
            assert on.said == [RED, RED]

    tried(trial)


def test_a_long_press_gives_two_sentences():
    async def trial():
        async with stage() as on:
            assert await on.press(Gesture.LONG) is PressEnd.SPOKEN
            assert on.said == [f"{RED} {english('description.no_more')}"]
            await on.press(Gesture.DOUBLE)
            assert on.said[1] == on.said[0]

    tried(trial)


@pytest.mark.parametrize(("gesture", "said"), [(Gesture.SHORT, RED), (Gesture.LONG, f"{RED} That's all")])
def test_a_button_and_its_gesture_look_once(gesture, said):
    async def trial():
        async with stage() as on:
            at = time.monotonic()
            assert on.button_down(at) is None
            await until(lambda: on.captioner.described == 1)
            await on.show(painted("green"))
            assert await on.press(gesture, at) is PressEnd.SPOKEN
            assert on.said[0].startswith(said), "what was there when the button went down"
            assert on.heard[0] == "(look)"
            assert on.heard.count("(look)") == 1
            assert on.captioner.described == 1

    tried(trial)


def test_the_look_of_another_press_is_not_mistaken():
    async def trial():
        async with stage() as on:
            on.button_down(1.0)
            await until(lambda: on.captioner.described == 1)
            await on.show(painted("green"))
            assert await on.press(Gesture.SHORT, 2.0) is PressEnd.SPOKEN
            assert on.said == [GREEN]

    tried(trial)
