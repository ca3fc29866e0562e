import numpy as np
import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.object_labels import Boxes
from earsight_training.data.presence_labels import PresenceLabels, confirmed, read_presence
from tests.training.detection_examples import labelled

NAMES = ("person", "dog", "door")
BOX = (0, 0, 0.5, 0.5)
ALL = [True] * 3


def test_a_table(tmp_path):
    path = tmp_path / "present.csv"
    path.write_text("image,class,certain\na.jpg,dog,yes\na.jpg,door,no\nb.jpg,,yes\n")
    assert read_presence(path) == {"a.jpg": PresenceLabels({"dog"}, {"door"}), "b.jpg": PresenceLabels()}
    path.write_text("image,class,certain\na.jpg,dog,perhaps\n")
    with pytest.raises(DatasetError, match="line 2: certain is yes or no, not 'perhaps'"):
        read_presence(path)


def after(boxes, known=ALL, shown=(), uncertain=()):
    photo = labelled("a.jpg", Boxes.of(boxes), known)
    return confirmed(photo, PresenceLabels(set(shown), set(uncertain)), NAMES)


def test_boxes_of_what_is_not_shown_are_removed():
    photo = after([(BOX, 0, 0.9), (BOX, 1, 0.6)], shown=["dog"])
    assert photo.boxes.classes.tolist() == [1]
    assert photo.presence.tolist() == [0, 1, 0]
    assert photo.known.all()


def test_boxes_that_people_drew_are_never_removed():
    photo = after([(BOX, 0, 1), (BOX, 0, 0.3)])
    assert photo.boxes.classes.tolist() == [0, 0]
    assert photo.presence.tolist() == [1, 0, 0]


def test_the_likeliest_box_of_what_is_shown_is_confirmed():
    photo = after([(BOX, 1, 0.3), (BOX, 1, 0.6), (BOX, 2, 0.98)], shown=["dog", "door"])
    np.testing.assert_allclose(photo.boxes.targets, [0.3, 0.95, 0.98], rtol=1e-6)


def test_where_what_is_shown_has_no_box_its_place_is_not_known():
    photo = after([], shown=["dog"])
    assert photo.known.tolist() == [True, False, True]
    assert photo.presence.tolist() == [0, 1, 0]


def test_of_what_may_be_shown_nothing_is_known():
    photo = after([(BOX, 1, 0.6)], uncertain=["dog"])
    assert photo.known.tolist() == [True, False, True]
    assert np.isnan(photo.presence[1])
    assert photo.boxes.targets.tolist() == pytest.approx([0.6])  # the box stays, as likely as it was


def test_classes_that_the_set_does_not_know_are_left_alone():
    photo = after([(BOX, 0, 0.3)], known=[False, True, True])
    assert photo.boxes.classes.tolist() == [0]
    assert np.isnan(photo.presence[0])


def test_the_photo_itself_stays_as_it_was():
    photo = labelled("a.jpg", Boxes.of([(BOX, 0, 0.5)]), ALL)
    confirmed(photo, PresenceLabels({"dog"}), NAMES)
    assert photo.known.all()
    assert photo.presence.tolist() == [0.5, 0, 0]
