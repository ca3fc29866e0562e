import numpy as np
import pytest

from earsight_training.data.map_boxes import boxes_of, judged
from earsight_training.data.object_labels import Boxes

CLASSES = ("person", "door", "tree", "dog")
MEANING = {15: "door", 59: "door", 5: "tree", 99: "sky"}


@pytest.fixture
def numbers():
    """A door of two kinds of pixels on the left, and a tree on the right."""
    numbers = np.zeros((50, 100), np.uint8)
    numbers[10:40, 10:20], numbers[10:40, 20:30] = 15, 59
    numbers[0:25, 60:100] = 5
    numbers[45:, :] = 99
    return numbers


def rows(boxes):
    return {
        (CLASSES[index], *(round(side, 3) for side in corners.tolist()), round(float(target), 2))
        for corners, index, target in zip(boxes.corners, boxes.classes, boxes.targets, strict=True)
    }


DOOR, TREE = ("door", 0.1, 0.2, 0.3, 0.8), ("tree", 0.6, 0.0, 1.0, 0.5)


def test_a_box_around_each_region(numbers):
    assert rows(boxes_of(numbers, MEANING, CLASSES)) == {(*DOOR, 1), (*TREE, 1)}
    numbers[10:40, 19:21] = 0
    assert len(boxes_of(numbers, MEANING, CLASSES)) == 3


def test_what_touches_at_a_corner_is_one_and_what_is_tiny_is_none(numbers):
    numbers[25:30, 55:60] = 5
    found = rows(boxes_of(numbers, {5: "tree"}, CLASSES))
    assert found == {("tree", 0.55, 0, 1, 0.6, 1)}
    numbers[:] = 0
    numbers[0, :4] = 5
    assert len(boxes_of(numbers, {5: "tree"}, CLASSES)) == 0
    numbers[0, :5] = 5
    assert len(boxes_of(numbers, {5: "tree"}, CLASSES)) == 1


def test_detectors_boxes_are_right_or_wrong_by_the_map(numbers):
    found = Boxes.of(
        [
            ((0.08, 0.2, 0.32, 0.8), 1, 0.4),  # the door
            ((0.5, 0.6, 0.8, 0.9), 1, 0.9),  # a door where there is none
            ((0.1, 0.2, 0.3, 0.8), 3, 0.7),  # a dog, of which the map says nothing
        ]
    )
    assert rows(judged(found, numbers, MEANING, CLASSES)) == {
        ("door", 0.08, 0.2, 0.32, 0.8, 1),
        ("dog", 0.1, 0.2, 0.3, 0.8, 0.7),
        (*TREE, 1),  # which the detector has missed
    }


def test_a_region_that_is_partly_found_is_no_new_thing(numbers):
    most = Boxes.of([((0.1, 0.2, 0.3, 0.6), 1, 0.4)])
    assert ("door", 0.1, 0.2, 0.3, 0.6, 1) in rows(judged(most, numbers, MEANING, CLASSES))
    assert (*DOOR, 1) not in rows(judged(most, numbers, MEANING, CLASSES))
    little = Boxes.of([((0.1, 0.2, 0.3, 0.4), 1, 0.4)])
    assert (*DOOR, 1) in rows(judged(little, numbers, MEANING, CLASSES))


def test_a_box_without_a_pixel_is_dropped(numbers):
    assert rows(judged(Boxes.of([((0.1, 0.2, 0.101, 0.8), 1, 0.4)]), numbers, {15: "door"}, CLASSES)) == {
        ("door", 0.1, 0.2, 0.2, 0.8, 1)
    }
