from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_training.data.labels import LabelBox, PhotoLabels
from earsight_training.scoring.answers import Answer, Detection
from earsight_training.scoring.detection_scores import (
    all_classes,
    calibration_samples,
    class_scores,
    matched,
    presence_samples,
)

LEFT, RIGHT = LabelBox(0, 0, 0.4, 0.4), LabelBox(0.6, 0, 1, 0.4)
NEAR_LEFT = LabelBox(0, 0, 0.4, 0.38)


def answer(detections, judged=("dog", "cat"), **boxes):
    thirds = {name: frozenset(box.direction for box in some) for name, some in boxes.items()}
    photo = PhotoLabels(Path("a.jpg"), frozenset(judged), frozenset(boxes), boxes, thirds)
    return Answer(photo, "", (), detections, detections)


ANSWERS = [
    answer([Detection("dog", 0.9, NEAR_LEFT), Detection("dog", 0.8, LEFT)], dog=(LEFT, RIGHT)),
    answer([Detection("dog", 0.7, LEFT)]),
    answer([Detection("dog", 0.6, RIGHT), Detection("cat", 0.6, LEFT)], dog=(RIGHT,)),
    answer([Detection("dog", 0.9, LEFT)], judged=("cat",)),
]


def values(metrics):
    return {metric.name: metric.value for metric in metrics}


def test_scores_of_a_class():
    dog, cat = class_scores(ANSWERS, ["dog", "cat", "bird"], boxed=True)
    assert (dog.name, dog.photos) == ("dog", 2)
    found = {"presence-precision": 2 / 3, "presence-recall": 1, "box-precision": 2 / 4, "box-recall": 2 / 3}
    assert values(dog.metrics) == pytest.approx(found | {"named": 0, "named-where-none": 0})
    # right, wrong, wrong, right: precision 1 up to a recall of 1/3, then 2/4 up to 2/3
    assert dog.average_precision == pytest.approx((1 + 2 / 4) / 3)
    assert values(cat.metrics) == {"presence-precision": 0, "box-precision": 0, "named-where-none": 0}
    assert cat.average_precision is None


def test_scores_of_all_classes():
    found = values(all_classes(ANSWERS, ["dog", "cat"], boxed=True))
    assert found["presence-precision"] == 2 / 4
    assert found["box-recall"] == pytest.approx(2 / 3)
    assert found["object-directions-right"] == 1
    assert "box-recall" not in values(all_classes(ANSWERS, ["dog", "cat"], boxed=False))


def test_calibration_samples():
    confidence, right = calibration_samples(ANSWERS[:2], boxed=True)
    assert confidence.tolist() == [0.9, 0.8, 0.7]
    assert right.tolist() == [True, False, False]
    confidence, right = calibration_samples(ANSWERS, boxed=False)
    assert sorted(zip(confidence.tolist(), right.tolist(), strict=True)) == [
        (0.6, False),
        (0.6, True),
        (0.7, False),
        (0.9, True),
    ]


def test_average_precision_knows_what_the_threshold_left_out():
    photo = answer([], dog=(LEFT,)).photo
    unlikely = Answer(photo, "", (), [], [Detection("dog", 0.1, LEFT)])
    (dog,) = class_scores([unlikely, answer([Detection("dog", 0.9, RIGHT)])], ["dog"], boxed=True)
    assert values(dog.metrics)["presence-recall"] == 0
    assert dog.average_precision == 1 / 2


def test_presence_samples():
    photo = answer([], dog=(LEFT,)).photo
    answers = [
        Answer(photo, "", (), [], presence={"dog": 0.6, "cat": 0.3, "bird": 0.9}),
        Answer(photo, "", (), [], presence={"cat": 0.01}),
    ]
    assert [column.tolist() for column in presence_samples(answers)] == [[0.6, 0.3], [True, False]]


corner = st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.1, 0.5), st.floats(0.1, 0.5))
box = corner.map(lambda c: LabelBox(c[0], c[1], c[0] + c[2], c[1] + c[3]))


@given(st.lists(box, max_size=5), st.lists(box, max_size=5))
def test_each_label_is_found_once_at_most(found, labels):
    right = matched([Detection("dog", 0.5, each) for each in found], labels)
    assert len(right) == len(found)
    assert sum(right) <= len(labels)
    assert all(matched([Detection("dog", 0.5, each) for each in labels], labels))


def test_a_perfect_detector():
    answers = [answer([Detection("dog", 0.9, each) for each in (LEFT, RIGHT)], dog=(LEFT, RIGHT))] * 3
    (dog,) = class_scores(answers, ["dog"], boxed=True)
    assert dog.average_precision == 1
    assert np.allclose([metric.value for metric in dog.metrics if metric.name != "named"], 1)


def test_what_was_found_without_a_box_has_no_label() -> None:
    box = LabelBox(0.1, 0.1, 0.5, 0.5)
    assert matched([Detection("door", 0.9, None), Detection("door", 0.8, box)], [box]) == [False, True]
