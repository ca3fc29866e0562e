import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from earsight.cameras.damaged_frames import damage, read_undamaged
from earsight.cameras.source import BlackPictures, CameraError
from earsight.system import time_limits
from tests.earsight.stand_ins import painted

WHOLE = painted("red", 120, 160)


def noise(low, high, seed=0):
    return np.random.default_rng(seed).integers(low, high, (120, 160, 3)).astype(np.uint8)


def filled(colour, share=0.5):
    """What comes of a transfer that broke off."""
    pixels = noise(0, 256)
    pixels[-round(len(pixels) * share) :] = colour
    return pixels


def test_a_jpeg_that_broke_off_is_damaged(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    stream = io.BytesIO()
    Image.fromarray(noise(0, 256)).save(stream, "JPEG")
    half = np.asarray(Image.open(io.BytesIO(stream.getvalue()[: len(stream.getvalue()) // 2])))
    assert damage(half) == "pictures whose lower part is missing"


@pytest.mark.parametrize("colour", [(128, 128, 128), (0, 135, 0), (77, 0, 154)])
def test_a_field_of_one_colour_below_is_damage(colour):
    assert damage(filled(colour)) == "pictures whose lower part is missing"
    assert damage(filled(colour, 0.25)) is not None
    assert damage(filled(colour, 0.2)) is None


@pytest.mark.parametrize(
    ("level", "what"),
    [(0, "black pictures"), (16, "black pictures"), (128, "pictures of a single colour")],
)
def test_a_picture_of_a_single_colour_was_never_taken(level, what):
    assert damage(np.full((120, 160, 3), level, np.uint8)) == what


@pytest.mark.parametrize(
    "pixels",
    [
        WHOLE,
        noise(0, 3),  # a dark room
        np.full((120, 160, 3), 255, np.uint8),  # the sun
        np.full((120, 160, 3), 235, np.uint8),  # the sun, in video of limited range
        filled(0),  # deep shadow on the ground
        filled(255),  # snow
        filled(10),
        filled((128, 128, 128))[::-1],  # a grey sky
    ],
)
def test_real_pictures_are_whole(pixels):
    assert damage(pixels) is None


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 255))
def test_pictures_of_any_size_are_judged(height, width, level):
    damage(np.full((height, width, 3), level, np.uint8))


def test_a_damaged_or_missing_picture_is_left_out():
    script = iter([filled(128), None, filled((0, 135, 0)), WHOLE])
    assert read_undamaged(lambda: next(script)) is WHOLE


def test_nothing_but_damage_is_an_error_and_nothing_at_all_is_told_apart(monkeypatch):
    monkeypatch.setattr(time_limits, "DAMAGED_FRAMES", 0.1)
    with pytest.raises(CameraError, match="lower part is missing"):
        read_undamaged(lambda: filled(128))
    with pytest.raises(BlackPictures, match="lens cap"):
        read_undamaged(lambda: filled(0, 1.0))
    assert read_undamaged(lambda: None) is None
