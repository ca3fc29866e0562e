"""What a detector's scores are taken for."""

import math

import numpy as np
import pytest

from earsight.detectors.detector import Detection, Detections
from earsight.scene import Box
from earsight.vision.recognition import ObjectEvidence, objects
from earsight_bundle.manifest import FurtherBoxes, ObjectClass

LEFT, RIGHT, ALMOST_LEFT = Box(0, 0, 0.4, 1), Box(0.6, 0, 1, 1), Box(0.01, 0, 0.41, 1)
PERSON, CAR, TRUCK = ObjectClass(name="person"), ObjectClass(name="car"), ObjectClass(name="truck")


def seen(*found, classes=3):
    best = np.zeros(classes, np.float32)
    for kind, score, _ in found:
        best[kind] = max(best[kind], score)
    return Detections(tuple(Detection(*each) for each in found), best)


def said(found):
    return [(each.name, pytest.approx(each.confidence, abs=1e-3), each.box) for each in found]


def test_the_probability_is_that_of_the_classs_calibration():
    person = ObjectClass(name="person", bias=1.0, score=0.5)
    (found,) = objects(ObjectEvidence((person,), seen((0, 0.8, LEFT), classes=1), None))
    assert found.confidence == pytest.approx(1 / (1 + math.exp(-1 - 0.5 * math.log(4))), abs=1e-4)


def test_what_is_below_its_least_is_not_named_and_still_present():
    shy = ObjectClass(name="door", least=0.9)
    picture = seen((0, 0.8, LEFT), (1, 0.6, RIGHT), classes=2)
    evidence = ObjectEvidence((shy, PERSON), picture, None)
    assert said(objects(evidence)) == [("person", 0.6, RIGHT)]
    assert evidence.presence() == pytest.approx({"door": 0.8, "person": 0.6}, abs=1e-3)


def test_the_most_confident_comes_first():
    """By probability, not by score."""
    sure, unsure = ObjectClass(name="person", bias=2), ObjectClass(name="dog", bias=-1, least=0)
    picture = seen((1, 0.7, LEFT), (0, 0.6, RIGHT), classes=2)
    assert [each.name for each in objects(ObjectEvidence((sure, unsure), picture, None))] == ["person", "dog"]


def test_the_place_head_can_raise_and_lower_a_probability():
    car = ObjectClass(name="car", presence=1.0)
    picture = seen((0, 0.5, LEFT), classes=1)
    doubted = objects(ObjectEvidence((car,), picture, np.array([-2.0])))
    assert doubted == ()
    assert ObjectEvidence((car,), picture, np.array([2.0])).presence()["car"] == pytest.approx(
        0.881, abs=1e-3
    )


def test_a_class_of_which_nothing_is_seen_is_hardly_there():
    presence = ObjectEvidence((PERSON, CAR), seen(classes=2), None).presence()
    assert list(presence) == ["person", "car"]
    assert max(presence.values()) < 0.001


def test_one_thing_in_kindred_classes_is_the_likeliest_of_them():
    picture = seen((2, 0.7, ALMOST_LEFT), (1, 0.9, LEFT), (0, 0.6, LEFT))
    evidence = ObjectEvidence((PERSON, CAR, TRUCK), picture, None)
    assert said(objects(evidence)) == [("car", 0.9, LEFT), ("person", 0.6, LEFT)]
    assert evidence.presence()["truck"] == pytest.approx(0.7, abs=1e-3)


def test_kindred_things_beside_each_other_are_both_there():
    picture = seen((2, 0.7, RIGHT), (1, 0.9, LEFT))
    assert [each.name for each in objects(ObjectEvidence((PERSON, CAR, TRUCK), picture, None))] == [
        "car",
        "truck",
    ]


def test_a_kindred_class_that_is_not_named_takes_no_others_place():
    doubtful = ObjectClass(name="car", least=0.95)
    picture = seen((2, 0.7, LEFT), (1, 0.9, LEFT))
    assert said(objects(ObjectEvidence((PERSON, doubtful, TRUCK), picture, None))) == [("truck", 0.7, LEFT)]


def test_only_the_classes_that_count_are_named():
    picture = seen((0, 0.9, LEFT), (1, 0.8, RIGHT))
    evidence = ObjectEvidence((PERSON, CAR, TRUCK), picture, None)
    assert [each.name for each in objects(evidence, frozenset({"car"}))] == ["car"]


def test_without_classes_nothing_is_known():
    assert objects(ObjectEvidence((), Detections(), None)) == ()
    assert ObjectEvidence((), Detections(), None).presence() == {}


def test_a_further_box_of_a_class_counts_by_its_own_score():
    """That there are people for certain says nothing of how many."""
    picture = seen((0, 0.6, LEFT), (0, 0.2, RIGHT), classes=1)
    head, further = np.array([6.0]), FurtherBoxes(bias=1.5, score=2.5)
    person = PERSON.model_copy(update={"presence": 1.0})
    assert len(objects(ObjectEvidence((person,), picture, head))) == 2
    assert len(objects(ObjectEvidence((person,), picture, head, further))) == 1


def test_a_further_box_is_no_likelier_than_its_class():
    picture = seen((0, 0.5, LEFT), (0, 0.49, RIGHT), classes=1)
    chances = ObjectEvidence((PERSON,), picture, None, FurtherBoxes(bias=9.0, score=1.0)).confidences()
    assert chances[1] == pytest.approx(0.49, abs=0.02)


def test_what_is_likely_present_without_a_box_is_one_object_without_a_box():
    head = np.array([0.0, 12.0])
    door = ObjectClass(name="door", presence=1.0, least=0.5)
    (found,) = objects(ObjectEvidence((PERSON, door), seen(classes=2), head))
    assert (found.name, found.box) == ("door", None)
    assert objects(ObjectEvidence((PERSON, door), seen(classes=2), np.array([0.0, 3.0]))) == ()


def test_a_vehicle_with_a_box_is_no_other_vehicle_as_well_but_a_pothole_may_be_wet():
    truck = ObjectClass(name="truck", presence=1.0, least=0.5)
    found = objects(ObjectEvidence((CAR, truck), seen((0, 0.9, LEFT), classes=2), np.array([0.0, 9.0])))
    assert [each.name for each in found] == ["car"]
    pothole, puddle = ObjectClass(name="pothole"), ObjectClass(name="puddle", presence=1.0)
    found = objects(ObjectEvidence((pothole, puddle), seen((0, 0.9, LEFT), classes=2), np.array([0.0, 12.0])))
    assert {each.name for each in found} == {"pothole", "puddle"}


def test_a_kindred_box_that_is_less_likely_takes_no_others_place():
    fridge, door = ObjectClass(name="refrigerator", least=0.3), ObjectClass(name="door", presence=1.0)
    picture = seen((0, 0.4, LEFT), classes=2)
    found = objects(ObjectEvidence((fridge, door), picture, np.array([0.0, 12.0])))
    assert [(each.name, each.box) for each in found] == [("door", None), ("refrigerator", LEFT)]
    sure = seen((0, 0.99, LEFT), classes=2)
    found = objects(ObjectEvidence((fridge, door), sure, np.array([0.0, 12.0])))
    assert [each.name for each in found] == ["refrigerator"]


def test_of_kindred_classes_without_boxes_only_the_likeliest_is_there():
    truck, bus = (ObjectClass(name=name, presence=1.0) for name in ("truck", "bus"))
    found = objects(ObjectEvidence((truck, bus), seen(classes=2), np.array([11.0, 12.0])))
    assert [each.name for each in found] == ["bus"]
