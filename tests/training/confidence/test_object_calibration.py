"""The calibration of objects, on scores of which it is known what they are worth."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="scipy comes with the train extra")

from earsight_bundle.manifest import ObjectClass
from earsight_training.confidence.object_calibration import (
    LEAST,
    PRECISION,
    ObjectEvidence,
    chances_of,
    cross_fitted,
    fit_objects,
)
from earsight_training.confidence.selective_prediction import calibration_error

NAMES = ("person", "dog", "door", "stairs")
FIRST = 2
PHOTOS = 1500


def sigmoid(odds):
    return 1 / (1 + np.exp(-odds))


@pytest.fixture(scope="module")
def evidence():
    """Scores are too low by half of their log-odds; a person is there more often than scores say, and the
    place head knows something too. For doors half the photos are labelled; stairs are found by chance."""
    rng = np.random.default_rng(3)
    odds, presence = rng.normal(-1, 1.5, (PHOTOS, 4)), rng.normal(0, 1, (PHOTOS, 4))
    truth = rng.random((PHOTOS, 4)) < sigmoid(2 * odds + 1.5 * presence + [1.0, -0.5, 0.0, 0.0])
    there = truth.astype(np.float32)
    there[:, 3] = rng.random(PHOTOS) < 0.15
    there[::2, 2] = np.nan
    return ObjectEvidence(sigmoid(odds).astype(np.float32), presence.astype(np.float32), there)


@pytest.fixture(scope="module")
def classes(evidence):
    return fit_objects(evidence, NAMES, FIRST)


def test_what_a_score_is_worth_is_found(evidence, classes):
    person, dog, door, _ = classes
    assert [each.name for each in classes] == list(NAMES)
    assert (person.score, person.presence) == (dog.score, dog.presence)  # what a kind has in common
    assert person.score == pytest.approx(2, abs=0.3)
    assert person.presence == pytest.approx(1.5, abs=0.3)
    assert person.bias - dog.bias == pytest.approx(1.5, abs=0.4)
    assert door.score != person.score
    chances = chances_of(evidence, classes)[:, 0]
    assert calibration_error(chances, evidence.there[:, 0] > 0.5) < 0.04


def test_a_class_is_named_from_where_it_is_precise_enough(evidence, classes):
    assert [each.least for each in classes[:FIRST]] == [LEAST, LEAST]
    door = classes[2]
    assert LEAST <= door.least < 1
    crossed = cross_fitted(evidence, NAMES, FIRST)[:, 2]
    known = ~np.isnan(evidence.there[:, 2])
    named = known & (crossed >= door.least)
    assert evidence.there[named, 2].mean() >= PRECISION - 0.01
    # And from no higher on than that takes.
    more = known & (crossed >= door.least - 0.1)
    assert evidence.there[more, 2].mean() < evidence.there[named, 2].mean()


def test_a_class_that_is_never_precise_is_never_named(classes):
    assert classes[3].least == 1


def test_a_class_that_is_hardly_ever_there_is_never_named(evidence):
    """Four of them are found first, and were all that is right."""
    scores, there = np.full_like(evidence.scores, 0.1), evidence.there.copy()
    there[:, 2] = 0
    scores[:4, 2], there[:4, 2] = 0.999, 1
    nothing = np.zeros_like(evidence.presence)
    assert fit_objects(ObjectEvidence(scores, nothing, there), NAMES, FIRST)[2].least == 1
    scores[:6, 2], there[:6, 2] = 0.999, 1
    assert fit_objects(ObjectEvidence(scores, nothing, there), NAMES, FIRST)[2].least < 1


def test_a_class_that_is_always_there_is_named(evidence):
    there = evidence.there.copy()
    there[:, 2] = 1
    sure = np.full_like(evidence.scores, 0.9999)
    always = fit_objects(ObjectEvidence(sure, evidence.presence, there), NAMES, FIRST)
    assert always[2].least < 1


def test_probabilities_are_those_of_other_photos(evidence):
    """What is only true of one photo says nothing of it."""
    crossed = cross_fitted(evidence, NAMES, FIRST)
    there = evidence.there.copy()
    there[7] = 1 - np.nan_to_num(there[7])
    changed = cross_fitted(ObjectEvidence(evidence.scores, evidence.presence, there), NAMES, FIRST)
    np.testing.assert_array_equal(changed[7], crossed[7])
    assert (changed != crossed).any()
    whole = chances_of(evidence, fit_objects(evidence, NAMES, FIRST))
    assert np.abs(whole - crossed).max() < 0.2
    assert (whole != crossed).all(axis=1).all()


def test_one_kind_of_classes_alone(evidence):
    two = ObjectEvidence(evidence.scores[:, :2], evidence.presence[:, :2], evidence.there[:, :2])
    assert len(fit_objects(two, NAMES[:2], 2)) == 2


def test_chances_are_what_the_device_computes():
    evidence = ObjectEvidence(np.array([[0.5]], np.float32), np.array([[2.0]], np.float32), np.ones((1, 1)))
    chances = chances_of(evidence, [ObjectClass(name="person", bias=1.0, score=3.0, presence=0.5)])
    assert chances[0, 0] == pytest.approx(sigmoid(1 + 0.5 * 2))
