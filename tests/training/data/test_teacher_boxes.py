import gzip
import math

import numpy as np
import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.labels import LabelBox
from earsight_training.data.teacher_boxes import TeacherBox, TeacherTrust, joined, read_teacher_boxes

CLASSES = ("person", "dog")
TRUST = TeacherTrust(1.0, {"center": 2.0, "nano": 1.0})
ROWS = """set,image,teacher,class,score,left,top,right,bottom
streets,a.jpg,nano,dog,0.5,0,0,0.5,1
streets,a.jpg,center,cat,0.5,0,0,1,1
rooms,a.jpg,nano,cat,0.5,0,0,1,1
"""


def box(teacher, name, score, *corners):
    return TeacherBox(teacher, name, score, LabelBox(*corners))


@pytest.mark.parametrize("name", ["found.csv", "found.csv.gz"])
def test_all_teachers_in_one_set(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(ROWS.encode()) if name.endswith("gz") else ROWS.encode())
    assert read_teacher_boxes(path, "streets") == {
        "a.jpg": [box("nano", "dog", 0.5, 0, 0, 0.5, 1), box("center", "cat", 0.5, 0, 0, 1, 1)]
    }
    with pytest.raises(DatasetError, match="nothing of fields; there is: rooms by nano, streets by center, "):
        read_teacher_boxes(path, "fields")


def test_the_trust_is_a_logistic_regression_on_log_odds():
    assert TRUST.probability({"center": 0.5, "nano": 0.5}) == pytest.approx(1 / (1 + math.exp(-1)))
    unseen = 1 + 2 * math.log(0.1 / 0.9) + math.log(0.8 / 0.2)
    assert TRUST.probability({"nano": 0.8}) == pytest.approx(1 / (1 + math.exp(-unseen)))
    assert TRUST.probability({"nano": 1.0, "center": 0.0}) == pytest.approx(
        0.0027, abs=1e-4
    )  # no end of them


def test_what_two_teachers_found_becomes_one_box():
    found = joined(
        [box("nano", "dog", 0.2, 0.1, 0.1, 0.5, 0.5), box("center", "dog", 0.8, 0.1, 0.1, 0.6, 0.5)],
        CLASSES,
        TRUST,
    )
    np.testing.assert_allclose(found.corners, [[0.1, 0.1, 0.58, 0.5]], atol=1e-6)
    assert found.classes.tolist() == [1]
    assert found.targets[0] == pytest.approx(TRUST.probability({"center": 0.8, "nano": 0.2}))


def test_what_is_not_the_same_stays_apart():
    same = (0.1, 0.1, 0.5, 0.5)
    found = joined(
        [
            box("nano", "dog", 0.9, *same),
            box("nano", "dog", 0.6, 0.12, 0.1, 0.5, 0.5),  # the same teacher has found two
            box("center", "person", 0.7, *same),
            box("center", "dog", 0.3, 0.4, 0.4, 0.8, 0.8),
            box("center", "unicorn", 0.9, *same),
        ],
        CLASSES,
        TRUST,
    )
    assert found.classes.tolist() == [1, 0, 1, 1]
    scores = [{"nano": 0.9}, {"center": 0.7}, {"nano": 0.6}, {"center": 0.3}]
    assert found.targets.tolist() == pytest.approx([TRUST.probability(each) for each in scores])
    assert len(joined([], CLASSES, TRUST)) == 0
