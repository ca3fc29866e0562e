"""How bright pictures are, and where."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from earsight.scene import Direction
from earsight.vision.light import Brightness, Light, light_of, lightness


def grey(level):
    return np.full((48, 60, 3), level, np.uint8)


@pytest.mark.parametrize(
    ("level", "brightness"),
    [
        (8, Brightness.DARK),
        (60, Brightness.DIM),
        (118, Brightness.MEDIUM),
        (190, Brightness.BRIGHT),
        (250, Brightness.GLARING),
    ],
)
def test_brightness(level, brightness):
    assert light_of(grey(level)).brightness is brightness


@pytest.mark.parametrize(("at", "side"), [(0, Direction.LEFT), (20, Direction.AHEAD), (40, Direction.RIGHT)])
def test_where_the_light_comes_from(at, side):
    room = grey(90)
    room[10:38, at : at + 20] = 240
    assert light_of(room).brighter is side


def test_light_from_everywhere_or_from_two_sides_has_no_side():
    room = grey(90)
    assert light_of(room).brighter is None
    room[:, :20] = room[:, 40:] = 240
    assert light_of(room).brighter is None


def test_lightness_is_that_of_the_cie():
    """Middle grey, and where the curve begins."""
    assert lightness(0.184) == pytest.approx(0.5, abs=0.002)
    assert lightness(0.0) == 0.0
    assert lightness(1.0) == pytest.approx(1.0)
    assert lightness(0.008856) == pytest.approx(lightness(0.008857), abs=1e-4)


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_any_picture_has_some_light(pixels):
    seen = light_of(pixels)
    assert 0 <= seen.lightness <= 1.0001
    assert seen.brightness in Brightness


@given(st.integers(0, 254))
def test_more_light_is_never_less_bright(level):
    less, more = light_of(grey(level)), light_of(grey(level + 1))
    assert less.lightness < more.lightness
    assert list(Brightness).index(less.brightness) <= list(Brightness).index(more.brightness)


def test_the_limits_belong_to_the_brighter_level():
    assert Light(0.35, None).brightness is Brightness.MEDIUM
