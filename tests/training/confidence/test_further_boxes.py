"""Whether boxes beside the best one of their class are things of their own."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_bundle.objects import further_probabilities
from earsight_training.confidence.further_boxes import fit_further_boxes
from tests.training.detection_examples import boxes

PERSON, DOG = 0, 1
LEFT, RIGHT = (0.0, 0.0, 0.3, 1.0), (0.6, 0.0, 0.9, 1.0)
MIDDLE = (0.32, 0.0, 0.58, 1.0)


def seen(*found, classes=2):
    """A detector's scores and boxes. found: corners, class and score of each cell."""
    scores = np.zeros((len(found), classes), np.float32)
    for cell, (_, kind, score) in enumerate(found):
        scores[cell, kind] = score
    return scores, np.array([corners for corners, _, _ in found], np.float32)


def drawn(*corners, kind=PERSON):
    return boxes(*((each, kind, 1.0) for each in corners))


def pictures(count, second=0.5, third=0.3):
    """Two people are drawn; a third box, of a lower score, is of nobody."""
    found = seen((LEFT, PERSON, 0.9), (RIGHT, PERSON, second), (MIDDLE, PERSON, third))
    return [(*found, drawn(LEFT, RIGHT))] * count


def chances(further, *scores):
    return further_probabilities(np.array(scores), further)


def test_higher_scores_are_likelier():
    low, high = chances(fit_further_boxes(pictures(40)), 0.3, 0.5)
    assert low < 0.1
    assert high > 0.9


def test_the_probability_is_how_often_it_is_right():
    """Of boxes with one score, three of four are people."""
    right = (*seen((LEFT, PERSON, 0.9), (RIGHT, PERSON, 0.5)), drawn(LEFT, RIGHT))
    wrong = (*right[:2], drawn(LEFT))
    (chance,) = chances(fit_further_boxes([right] * 150 + [wrong] * 50), 0.5)
    assert chance == pytest.approx(0.75, abs=0.01)


def test_the_best_box_of_a_class_says_nothing():
    """It is right in all pictures or in none: what is fitted on the others is the same."""
    best_is_right = fit_further_boxes(pictures(40))
    found = seen((MIDDLE, PERSON, 0.9), (RIGHT, PERSON, 0.5), (LEFT, PERSON, 0.3))
    assert fit_further_boxes([(*found, drawn(RIGHT))] * 40) == best_is_right


def test_each_drawn_box_counts_once():
    """Two boxes lie on the one person that is drawn, far enough apart to be kept: the second is wrong."""
    wide = (0.0, 0.0, 0.5, 1.0)
    halves = seen(((0.0, 0.0, 0.25, 1.0), PERSON, 0.9), ((0.25, 0.0, 0.5, 1.0), PERSON, 0.5))
    twice = [(*halves, drawn(wide, RIGHT))] * 60
    (chance,) = chances(fit_further_boxes([*twice, *pictures(1)]), 0.5)
    assert chance < 0.1
    one_each = [(*halves, drawn((0.0, 0.0, 0.25, 1.0), (0.25, 0.0, 0.5, 1.0)))] * 60
    (chance,) = chances(fit_further_boxes([*one_each, *pictures(1)]), 0.5)
    assert chance > 0.9


def test_what_the_device_drops_is_not_learned_from():
    """A box on the best one, which the device would suppress, and one below the floor."""
    dropped = seen((LEFT, PERSON, 0.9), ((0.02, 0.0, 0.3, 1.0), PERSON, 0.6), (RIGHT, PERSON, 0.1))
    only = [(*dropped, drawn(LEFT, RIGHT))] * 100
    assert fit_further_boxes(only) is None
    assert fit_further_boxes([*only, *pictures(40)]) == fit_further_boxes(pictures(40))


def test_classes_that_nobody_has_drawn_say_nothing():
    """Where a class has no box, it may not have been looked for."""
    found = seen((LEFT, DOG, 0.9), (RIGHT, DOG, 0.5), (MIDDLE, DOG, 0.3))
    assert fit_further_boxes([(*found, drawn(LEFT, RIGHT))] * 100) is None
    of_dogs = fit_further_boxes([(*found, drawn(LEFT, RIGHT, kind=DOG))] * 40)
    assert of_dogs == fit_further_boxes(pictures(40))


def test_a_sure_score_is_finite():
    further = fit_further_boxes(pictures(40, second=1.0))
    assert np.isfinite([further.bias, further.score]).all()


@pytest.mark.parametrize(
    "few",
    [
        [],
        pictures(24),  # 48 boxes
        pictures(60, third=0.05),  # all of them right
    ],
)
def test_too_little_to_learn_from(few):
    assert fit_further_boxes(few) is None


def test_fifty_boxes_are_enough():
    assert fit_further_boxes(pictures(25)) is not None
