"""Basic colours of parts of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from earsight.scene import Box, Colour, ColourName, Shade
from earsight.vision.colour import colour_of, inner, oklab

MIDDLE = Box(0.4, 0.4, 0.6, 0.6)
NAMED = {
    (10, 10, 12): (ColourName.BLACK, None),
    (245, 245, 240): (ColourName.WHITE, None),
    (120, 120, 122): (ColourName.GREY, None),
    (60, 60, 62): (ColourName.GREY, Shade.DARK),
    (200, 25, 30): (ColourName.RED, None),
    (110, 10, 15): (ColourName.RED, Shade.DARK),
    (250, 140, 20): (ColourName.ORANGE, None),
    (250, 220, 40): (ColourName.YELLOW, None),
    (40, 150, 50): (ColourName.GREEN, None),
    (10, 70, 25): (ColourName.GREEN, Shade.DARK),
    (30, 90, 200): (ColourName.BLUE, None),
    (150, 200, 245): (ColourName.BLUE, Shade.LIGHT),
    (20, 25, 90): (ColourName.BLUE, Shade.DARK),
    (130, 40, 160): (ColourName.PURPLE, None),
    (250, 150, 190): (ColourName.PINK, None),
    (110, 65, 30): (ColourName.BROWN, None),
}
"""sRGB, with the names that people give them."""


def picture(colour, rest=(245, 245, 245), side=120):
    """One colour in the middle of another."""
    pixels = np.full((side, side, 3), rest, np.uint8)
    pixels[side // 3 : side * 2 // 3, side // 3 : side * 2 // 3] = colour
    return pixels


def noisy(pixels, deviation=6.0):
    noise = np.random.default_rng(0).normal(0, deviation, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("colour", NAMED)
def test_names(colour):
    name, shade = NAMED[colour]
    for pixels in (picture(colour), noisy(picture(colour))):
        seen = colour_of(pixels, MIDDLE)
        assert seen is not None
        assert (seen.name, seen.shade) == (name, shade)
        assert seen.share > 0.7


@pytest.mark.parametrize("colour", [colour for colour, (_, shade) in NAMED.items() if shade is None])
def test_a_picture_that_is_exposed_too_little_has_the_same_colours(colour):
    """By a third less light on all of it."""
    dimmed = (picture(colour).astype(float) * 0.82).astype(np.uint8)
    seen = colour_of(dimmed, MIDDLE)
    assert seen is not None
    assert seen.name is NAMED[colour][0]


def test_white_is_told_by_what_is_brightest():
    paper = (190, 188, 186)
    assert colour_of(picture(paper, rest=paper), MIDDLE) == Colour(ColourName.WHITE, None, 1.0)


def test_in_the_dark_no_colour_is_told():
    assert colour_of(picture((40, 10, 10), rest=(30, 30, 30)), MIDDLE) is None


def test_mixed_colours_are_none():
    stripes = picture((0, 0, 0))
    for at, colour in enumerate([(200, 25, 30), (40, 150, 50), (30, 90, 200), (250, 220, 40)]):
        stripes[at::4] = colour
    assert colour_of(stripes, MIDDLE) is None


def test_shadows_and_gloss_do_not_hide_a_colour():
    car = picture((200, 25, 30))
    car[40:80, 60:80] = (70, 70, 70)
    seen = colour_of(car, MIDDLE)
    assert seen is not None
    assert seen.name is ColourName.RED
    assert 0.5 <= seen.share < 1


def test_a_part_at_the_edge_or_of_no_size():
    pixels = picture((200, 25, 30))
    assert colour_of(pixels, Box(1.0, 1.0, 1.0, 1.0)) is None
    assert colour_of(pixels, Box(0.5, 0.5, 0.5, 0.5)) is not None


def test_the_inner_part_of_a_box():
    part = inner(Box(0.2, 0.0, 0.6, 1.0))
    assert (part.left, part.top, part.right, part.bottom) == pytest.approx((0.3, 0.25, 0.5, 0.75))


def test_oklab_of_known_colours():
    """The values of Ottosson's page for white and the primary red."""
    white, red = oklab(np.array([[255, 255, 255], [255, 0, 0]], np.uint8))
    assert white == pytest.approx([1.0, 0.0, 0.0], abs=1e-3)
    assert red == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
    st.tuples(*[st.floats(0, 1)] * 4),
)
def test_any_part_of_any_picture_has_a_colour_or_none(pixels, sides):
    left, right = sorted(sides[:2])
    top, bottom = sorted(sides[2:])
    seen = colour_of(pixels, Box(left, top, right, bottom))
    assert seen is None or 0.5 <= seen.share <= 1


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_a_single_colour_is_all_of_it(colour):
    seen = colour_of(picture(colour), MIDDLE)
    assert seen is not None
    assert seen.share == 1
