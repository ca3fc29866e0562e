import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_training.data.datasets import DatasetError
from earsight_training.data.label_table import LabelTable
from earsight_training.data.labels import Label, LabelBox, judge, overlap, read_csv_labels

CLASSES = frozenset({"door", "cabinet", "person", "chair"})
CORNERS = "image,class,left,top,right,bottom\n"


def labels(tmp_path, text):
    path = tmp_path / "boxes.csv"
    path.write_text(text, encoding="utf-8")
    return list(read_csv_labels(path))


def test_corners_and_centres_are_the_same_box(tmp_path):
    (corners,) = labels(tmp_path, f"{CORNERS}a.jpg,door,0.1,0.2,0.5,0.8\n")
    (centre,) = labels(tmp_path, "image,class,x_centre,y_centre,width,height\na.jpg,door,0.3,0.5,0.4,0.6\n")
    assert corners.box == pytest.approx((0.1, 0.2, 0.5, 0.8))
    assert centre.box == pytest.approx(corners.box)
    assert (centre.image, centre.label, centre.direction) == ("a.jpg", "door", "left")


def test_what_is_present_may_have_a_direction(tmp_path):
    found = labels(tmp_path, "image,class,direction\na.jpg,door,left\na.jpg,person,\n")
    assert found == [Label("a.jpg", "door", None, "left"), Label("a.jpg", "person")]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a.jpg,,0,0,1,1", "no class"),
        (",door,0,0,1,1", "no image"),
        ("a.jpg,door,0,0,1,wide", "not all numbers"),
        ("a.jpg,door,0,0,nan,1", "not within 0 and 1"),
        ("a.jpg,door,10,20,300,400", "not within 0 and 1"),
        ("a.jpg,door,0.5,0,0.5,1", "without width or height"),
        ("a.jpg,door,0,0,1", "5 columns, but 6 names"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(tmp_path, row, complaint):
    with pytest.raises(DatasetError, match=f"line 2: .*{complaint}"):
        labels(tmp_path, f"{CORNERS}{row}\n")


def test_labels_may_say_how_certain_they_are(tmp_path):
    found = labels(tmp_path, "image,class,certain\na.jpg,door,no\nb.jpg,,yes\n")
    assert found == [Label("a.jpg", "door", certain=False), Label("b.jpg", "")]
    with pytest.raises(DatasetError, match="line 2: certain is yes or no, not 'maybe'"):
        labels(tmp_path, "image,class,certain\na.jpg,door,maybe\n")


def test_a_direction_is_one_of_three(tmp_path):
    with pytest.raises(DatasetError, match="direction 'up' is none of left, ahead, right"):
        labels(tmp_path, "image,class,direction\na.jpg,door,up\n")


side = st.floats(-0.01, 1.01)


@given(left=side, top=side, right=side, bottom=side)
def test_every_box_that_is_taken_lies_within_its_picture(tmp_path_factory, left, top, right, bottom):
    row = f"a.jpg,door,{left},{top},{right},{bottom}\n"
    try:
        (found,) = labels(tmp_path_factory.mktemp("boxes"), CORNERS + row)
    except DatasetError:
        assert max(left, 0) >= min(right, 1) or max(top, 0) >= min(bottom, 1)
        return
    assert 0 <= found.box.left < found.box.right <= 1
    assert 0 <= found.box.top < found.box.bottom <= 1


@pytest.mark.parametrize(
    ("middle", "direction"),
    [(0.1, "left"), (0.33, "left"), (0.34, "ahead"), (0.66, "ahead"), (0.67, "right")],
)
def test_a_direction_is_a_third_of_the_picture(middle, direction):
    assert LabelBox(middle - 0.05, 0, middle + 0.05, 1).direction == direction


def test_overlap():
    left = LabelBox(0, 0, 0.4, 0.4)
    assert overlap(left, left) == 1
    assert overlap(left, LabelBox(0.6, 0, 1, 0.4)) == 0
    assert overlap(left, LabelBox(0.2, 0, 0.6, 0.4)) == pytest.approx(1 / 3)


def judged(tmp_path, labels, **table):
    full = LabelTable(about="", complete=("door", "person", "chair"), **table)
    return judge(tmp_path / "a.jpg", labels, full, CLASSES, frozenset({"chair"}))


def test_only_complete_classes_are_judged(tmp_path):
    box = LabelBox(0, 0, 0.1, 1)
    found = judged(tmp_path, [Label("a.jpg", "door", box, "left"), Label("a.jpg", "cabinet", box, "left")])
    assert found.judged == {"door", "person"}
    assert found.present == {"door"}
    assert found.boxes == {"door": (box,)}
    assert found.directions == {"door": {"left"}}


def test_a_label_that_may_stand_for_a_class_leaves_it_unjudged(tmp_path):
    table = {"names": {"gate": None, "man": "person"}, "perhaps": {"gate": ("door",), "man": ("person",)}}
    found = judged(tmp_path, [Label("a.jpg", "gate")], **table)
    assert (found.judged, found.present) == ({"person"}, set())
    found = judged(tmp_path, [Label("a.jpg", "gate"), Label("a.jpg", "door"), Label("a.jpg", "man")], **table)
    assert found.judged == found.present == {"door", "person"}


def test_what_is_not_certain_is_not_judged(tmp_path):
    perhaps = Label("a.jpg", "door", certain=False)
    found = judged(tmp_path, [perhaps])
    assert (found.judged, found.present) == ({"person"}, set())
    found = judged(tmp_path, [perhaps, Label("a.jpg", "door")])
    assert (found.judged, found.present) == ({"door", "person"}, {"door"})


def test_own_labels_say_nothing_of_other_classes(tmp_path):
    found = judged(tmp_path, [Label("a.jpg", "door")], own=True)
    assert found.judged == found.present == {"door"}


def test_a_label_that_nothing_explains_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="'gate' is no class"):
        judged(tmp_path, [Label("a.jpg", "gate")])
