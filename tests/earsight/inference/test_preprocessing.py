import numpy as np
import pytest
from PIL import Image

from earsight.inference.preprocessing import resized, resized_and_cropped


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)


@pytest.mark.parametrize("fit", [resized, resized_and_cropped])
@pytest.mark.parametrize("shape", [(90, 160), (160, 90), (64, 64), (33, 32), (1, 500), (700, 3)])
def test_any_picture_becomes_a_square(fit, shape):
    square = fit(np.full((*shape, 3), 77, np.uint8), 64)
    assert square.shape == (64, 64, 3)
    assert square.dtype == np.uint8
    assert (square == 77).all()


@pytest.mark.parametrize("fit", [resized, resized_and_cropped])
def test_a_picture_that_fits_is_left_alone(fit, picture):
    assert np.array_equal(fit(picture[:64, :64], 64), picture[:64, :64])


def test_squashing_keeps_the_borders_and_cropping_the_middle():
    sides = np.zeros((60, 120, 3), np.uint8)
    sides[:, :20] = sides[:, -20:] = 255
    assert resized(sides, 60)[:, 0].min() > 200
    assert resized_and_cropped(sides, 60).max() == 0


def test_cropping_scales_by_the_bicubic_filter(picture):
    scaled = np.asarray(Image.fromarray(picture).resize((113, 64), Image.Resampling.BICUBIC))
    assert np.array_equal(resized_and_cropped(picture, 64), scaled[:, 24:88])


def test_a_strip_is_cropped_before_it_is_scaled():
    """Scaled whole it would take 2 GB."""
    strip = np.full((2, 600_000, 3), 9, np.uint8)
    assert (resized_and_cropped(strip, 64) == 9).all()
