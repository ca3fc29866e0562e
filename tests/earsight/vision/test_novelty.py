import numpy as np
import pytest

from earsight.vision.novelty import KnownScene, cosine_distance

AHEAD, HALF_WAY = np.array([1.0, 0.0]), np.array([0.5, 0.75**0.5])
"""0.5 apart, exactly."""


@pytest.mark.parametrize(
    ("other", "distance"), [(AHEAD, 0.0), (HALF_WAY, 0.5), (np.array([0.0, 1.0]), 1.0), (-AHEAD, 2.0)]
)
def test_the_distance_grows_with_the_angle(other, distance):
    assert cosine_distance(AHEAD, other) == distance
    assert cosine_distance(other, AHEAD) == distance


@pytest.mark.parametrize(
    ("threshold", "is_known"), [(0.0, False), (0.49, False), (0.5, False), (0.51, True), (2.0, True)]
)
def test_a_scene_is_new_from_the_threshold_on(threshold, is_known):
    assert KnownScene(AHEAD, threshold).includes(HALF_WAY) is is_known


def test_with_a_threshold_of_zero_every_scene_is_new():
    assert not KnownScene(AHEAD, 0.0).includes(AHEAD)
