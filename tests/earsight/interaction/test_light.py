"""How bright it is, as a tone and in words."""

import numpy as np
import pytest

from earsight.cameras.source import BlackPictures
from earsight.interaction.actions.light import pitch_of
from earsight.interaction.press_end import PressEnd
from earsight.vision.light import light_of
from tests.earsight.interaction.narrator_stage import stage, tried
from tests.earsight.stand_ins import unplugged
from tests.earsight.words import english

WALL, RED, WINDOW = (110, 110, 110), (190, 20, 25), (250, 250, 250)


def room(wall=WALL, middle=RED, window=None):
    """A wall with something red in its middle, and perhaps a window on the left."""
    pixels = np.full((60, 90, 3), wall, np.uint8)
    pixels[20:40, 30:60] = middle
    if window is not None:
        pixels[5:55, :30] = window
    return pixels


def heard_of(pixels):
    heard = []

    async def trial():
        async with stage() as on:
            await on.show(pixels)
            assert await on.do("light") is PressEnd.SPOKEN
            heard.extend(on.heard)

    tried(trial)
    return heard


def test_a_tone_then_words():
    assert heard_of(room()) == ["(tone)", f"{english('light.medium')} In the middle: red."]


def test_where_it_is_brighter():
    assert english("light.brighter_left") in heard_of(room(window=WINDOW))[-1]


def test_in_the_dark_it_says_so_and_no_colour():
    assert heard_of(room(wall=(9, 9, 9), middle=(14, 8, 8)))[-1] == english("light.dark")


def test_without_a_colour_of_its_own():
    stripes = room()
    for at, colour in enumerate([(40, 150, 50), (30, 90, 200), (250, 220, 40), (190, 20, 25)]):
        stripes[at::4] = colour
    assert heard_of(stripes)[-1].endswith(english("colour.middle_unknown"))


def test_brighter_sounds_higher():
    pitches = [pitch_of(light_of(np.full((8, 8, 3), level, np.uint8))) for level in (0, 50, 120, 200, 255)]
    assert pitches == sorted(pitches)
    assert pitches[0] == pytest.approx(196)
    assert pitches[-1] == pytest.approx(8 * 196)


def test_where_there_is_no_light_at_all():
    async def trial():
        async with stage() as on:
            await on.show(BlackPictures("The camera gives only black pictures."))
            assert await on.do("light") is PressEnd.SPOKEN
            assert on.heard == [english("light.black")]

    tried(trial)


def test_without_a_picture():
    async def trial():
        async with stage() as on:
            await on.show(unplugged())
            assert await on.do("light") is PressEnd.ERROR_SPOKEN

    tried(trial)
