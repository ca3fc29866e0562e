import numpy as np
import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.object_labels import Boxes, place_labels, presence_of, read_boxes
from earsight_training.data.place_labels import PLACES, PlaceLabels, named
from tests.training.detection_examples import labelled

WHOLE = (0, 0, 1, 1)
CLASSES = ("person", "door", "dog")


def test_boxes_are_kept_within_the_photo():
    found = Boxes.of([((-0.1, 0.2, 0.5, 1.3), 1, 0.5)])
    np.testing.assert_allclose(found.corners, [[0, 0.2, 0.5, 1]])
    assert (found.classes.tolist(), found.targets.tolist(), len(found)) == ([1], [0.5], 1)
    assert Boxes.of([]).corners.shape == (0, 4)


def test_a_table_of_boxes_in_our_words(tmp_path):
    path = tmp_path / "boxes.csv"
    rows = "a.jpg,entrance,0.5,0.5,0.4,0.8\na.jpg,handle,0.5,0.5,0.1,0.1\nb.jpg,handle,0.5,0.5,0.1,0.1\n"
    path.write_text(f"image,class,x_centre,y_centre,width,height\n{rows}")
    found = read_boxes(path, {"entrance": "door"}, CLASSES)
    np.testing.assert_allclose(found["a.jpg"].corners, [[0.3, 0.1, 0.7, 0.9]], rtol=1e-6)
    assert (found["a.jpg"].classes.tolist(), found["a.jpg"].targets.tolist()) == ([1], [1])
    assert len(found["b.jpg"]) == 0  # it has a row, if none of ours


def test_a_table_without_boxes_is_refused(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text("image,class\na.jpg,door\n")
    with pytest.raises(DatasetError, match="has no boxes; it needs the columns left, top, right, bottom"):
        read_boxes(path, {}, CLASSES)


def test_presence_is_the_likeliest_box_where_the_class_is_known():
    found = Boxes.of([(WHOLE, 0, 0.2), (WHOLE, 0, 0.4), (WHOLE, 1, 0.4), (WHOLE, 2, 0.6)])
    presence = presence_of(found, np.array([True, False, False]))
    np.testing.assert_allclose(
        presence, [0.4, np.nan, 0.6], rtol=1e-6
    )  # a door that is unlikely says nothing
    assert presence_of(Boxes.of([]), np.array([True, True, False]))[:2].tolist() == [0, 0]


def test_what_is_known_of_photos_as_a_whole():
    there = labelled("a", Boxes.of([(WHOLE, 0, 1)]), [True], place=PlaceLabels(named("kitchen"), 3))
    places, grounds, presence = place_labels([there, labelled("b", Boxes.of([]), [False])])
    assert {PLACES[index] for index in np.flatnonzero(places[0])} == {"kitchen", "room", "indoors"}
    assert np.isnan(places[1]).all()
    assert grounds.tolist() == [3, -1]
    assert presence[0].tolist() == [1]
    assert np.isnan(presence[1]).all()
