import numpy as np
import pytest
from PIL import Image

from earsight_training.data.datasets import DatasetError
from earsight_training.data.detection_sets import read_detection_photos
from earsight_training.data.place_labels import PLACES
from earsight_training.detector_recipe import COCO, DetectorRecipe
from tests.training.detection_examples import recipe_of

FOUND = """set,image,teacher,class,score,left,top,right,bottom
street,a.png,nano,dog,0.9,0,0,0.5,1
street,a.png,nano,door,0.9,0,0,0.5,1
street,b.png,nano,person,0.8,0,0,0.5,1
"""
DOOR, DOG, PERSON = len(COCO), COCO.index("dog"), COCO.index("person")


@pytest.fixture
def street(tmp_path):
    """A set of three photos, beside detections."""
    folder = tmp_path / "street"
    (folder / "images").mkdir(parents=True)
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (16, 16)).save(folder / "images" / name)
    (tmp_path / "found.csv").write_text(FOUND)
    return folder


@pytest.fixture
def read(street):
    def reader(*sets, detections=True):
        changes = {"more_classes": ("door",), "sets": tuple({"folder": "street", **each} for each in sets)}
        recipe = DetectorRecipe.model_validate(recipe_of(**changes))
        data = street.parent
        return read_detection_photos(recipe, data, data, data / "found.csv" if detections else None)

    return reader


def names(photos):
    return [photo.image.name for photo in photos]


def classes(photo):
    return sorted(photo.boxes.classes.tolist())


def test_teachers_boxes(read):
    photos = read({"teachers": True, "known": ("coco",)}).train
    assert [classes(photo) for photo in photos] == [[DOG, DOOR], [PERSON], []]
    assert photos[0].boxes.targets[0] == pytest.approx(0.961, abs=1e-3)
    assert photos[0].known.tolist() == [True] * len(COCO) + [False]
    assert photos[0].presence[DOOR] > 0.9
    assert np.isnan(photos[1].presence[DOOR])  # whether it shows a door is not known


def test_teachers_need_their_table(read):
    with pytest.raises(DatasetError, match="its boxes are those of teachers: give --detections"):
        read({"teachers": True}, detections=False)


def test_of_a_class_that_people_drew_theirs_count_alone(read, street):
    (street / "boxes.csv").write_text("image,class,left,top,right,bottom\na.png,gate,0.1,0.1,0.9,0.9\n")
    photos = read(
        {"teachers": True, "boxes": "boxes.csv", "names": {"gate": "door"}, "known": ("door",)}
    ).train
    assert classes(photos[0]) == [DOG, DOOR]
    drawn = photos[0].boxes.selected(photos[0].boxes.classes == DOOR)
    np.testing.assert_allclose(drawn.corners, [[0.1, 0.1, 0.9, 0.9]], rtol=1e-6)
    assert drawn.targets.tolist() == [1]
    assert classes(photos[1]) == [PERSON]


def test_presence_corrects_teachers_and_not_people(read, street, tmp_path):
    (street / "boxes.csv").write_text("image,class,left,top,right,bottom\na.png,door,0.1,0.1,0.9,0.9\n")
    (tmp_path / "present.csv").write_text("image,class,certain\na.png,cat,yes\n")
    labels = {"boxes": "boxes.csv", "teachers": True, "known": ("coco", "door"), "present": "present.csv"}
    photos = read(labels).train
    assert classes(photos[0]) == [DOOR]
    assert not photos[0].known[COCO.index("cat")]
    assert classes(photos[1]) == [PERSON]  # of which the table says nothing


def test_maps(read, street):
    (street / "maps").mkdir()
    for name in "abc":
        numbers = np.zeros((16, 16), np.uint8)
        numbers[4:12, 8:] = 7 if name == "b" else 0
        Image.fromarray(numbers).save(street / "maps" / f"{name}.png")
    maps = {"maps": {"person": (7,), "dog": (8,)}, "known": ("coco",), "places": "camvid"}
    alone = read(maps).train
    assert [classes(photo) for photo in alone] == [[], [PERSON], []]
    assert alone[0].place.places[PLACES.index("street")] == 1
    both = read({**maps, "teachers": True}).train
    assert [classes(photo) for photo in both] == [[DOOR], [PERSON], []]  # its dog is none, by the map
    np.testing.assert_allclose(both[1].boxes.corners, [[0.5, 0.25, 1, 0.75]], rtol=1e-6)


def test_photos_of_one_group_stay_together(read, street):
    for number in range(60):
        Image.new("RGB", (4, 4)).save(street / "images" / f"{number:02}.png")
    (street / "groups.csv").write_text(
        "image,group\n" + "".join(f"{number:02}.png,road {number // 6}\n" for number in range(60))
    )
    found = read({"files": ("??.png",), "groups": "groups.csv", "held_out": 0.4, "repeat": 2})
    held, learned = ({photo.group for photo in part} for part in (found.held_out, found.train))
    assert held
    assert learned
    assert not held & learned
    assert held | learned == {f"road {number}" for number in range(10)}
    assert len(found.train) == 2 * 6 * len(learned)
    assert len(found.held_out) == 6 * len(held)  # shown once, whatever is repeated
    Image.new("RGB", (4, 4)).save(street / "images" / "zz.png")
    again = read({"files": ("??.png",), "groups": "groups.csv", "held_out": 0.4})
    assert {photo.group for photo in again.held_out} - {"street/zz.png"} == held


def test_files_and_splits(read, street):
    (street / "captions.csv").write_text("image,caption,split\na.png,x,train\nb.png,x,val\nc.png,x,train\n")
    assert names(read({"splits": ("train",)}).train) == ["a.png", "c.png"]
    assert names(read({"files": ("b*",)}).train) == ["b.png"]
    with pytest.raises(DatasetError, match=r"there is no photo z\* or y\*"):
        read({"files": ("z*", "y*")})
    with pytest.raises(DatasetError, match="all photos are held out"):
        read({"held_out": 1.0})


def test_places_by_a_table(read, tmp_path):
    (tmp_path / "places.csv").write_text("image,place\nb.png,forest\n")
    first, second, _ = read({"places": "places.csv"}).train
    assert first.place is None
    assert second.place.places[PLACES.index("forest")] == 1


def test_the_detector_may_learn_from_fewer_photos_than_the_place_head(read):
    found = read({"detector_files": ("b*",)})
    assert {photo.image.name: photo.for_detector for photo in found.train} == {
        "a.png": False,
        "b.png": True,
        "c.png": False,
    }
