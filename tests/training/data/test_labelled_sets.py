import numpy as np
import pytest
from PIL import Image

from earsight_training.data.datasets import DatasetError
from earsight_training.data.label_table import LabelTable
from earsight_training.data.labelled_sets import read_labelled_set

CLASSES = frozenset({"person", "dog", "tree", "car"})


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "street"
    (folder / "images").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (32, 32)).save(folder / "images" / name)
    return folder


def read(folder, images=None, **table):
    table = LabelTable(about="", **{"complete": ("person", "dog", "tree"), **table})
    return read_labelled_set(folder, images, table, CLASSES, str.split)


def test_boxes(folder):
    (folder / "boxes.csv").write_text("image,class,left,top,right,bottom\nb.jpg,dog,0,0,0.5,0.5\n")
    found = read(folder)
    assert (found.name, found.boxed, found.classes) == ("street", True, ("person", "dog", "tree"))
    empty, shown = found.photos
    assert (empty.path, empty.present) == (folder / "images" / "a.jpg", set())
    assert empty.judged == {"person", "dog", "tree"}
    assert (shown.present, len(shown.boxes["dog"]), shown.directions["dog"]) == ({"dog"}, 1, {"left"})


def test_presence_in_a_file_elsewhere(folder, tmp_path):
    elsewhere = tmp_path / "labels"
    elsewhere.mkdir()
    (elsewhere / "present.csv").write_text("image,class\na.jpg,dog\n")
    (elsewhere / "uncertain.csv").write_text("image,class\na.jpg,person\nb.jpg,dog\n")
    found = read(elsewhere / "present.csv", folder / "images")
    assert (found.name, found.boxed) == ("street", False)
    assert [photo.present for photo in found.photos] == [{"dog"}, set()]
    assert [photo.judged for photo in found.photos] == [{"dog", "tree"}, {"person", "tree"}]


def test_presence_that_says_how_certain_it_is(folder):
    (folder / "present.csv").write_text("image,class,certain\na.jpg,dog,no\na.jpg,tree,yes\nb.jpg,,yes\n")
    first, second = read(folder).photos
    assert (first.present, first.judged) == ({"tree"}, {"person", "tree"})
    assert (second.present, second.judged) == (set(), {"person", "dog", "tree"})


def test_maps(folder):
    (folder / "maps").mkdir()
    values = np.zeros((10, 10), np.uint8)
    values[:5], values[5, 0], values[6], values[7] = 1, 2, 3, 9
    Image.fromarray(values).save(folder / "maps" / "a.png")
    Image.fromarray(np.zeros((10, 10), np.uint8)).save(folder / "maps" / "b.png")
    table = {"labels": ("tree", "dog", "van"), "first": 1, "least": 0.02, "perhaps": {"van": ("person",)}}
    first, second = read(folder, **table).photos
    assert (first.present, first.judged) == ({"tree"}, {"tree"})  # the dog is too small, the van hides people
    assert (second.present, second.judged) == (set(), {"person", "dog", "tree"})


def test_a_map_with_colours_is_refused(folder):
    (folder / "maps").mkdir()
    Image.new("RGB", (4, 4)).save(folder / "maps" / "a.png")
    with pytest.raises(DatasetError, match=r"a\.png: RGB is no map"):
        read(folder, labels=("tree",))


def test_captions(folder):
    rows = [
        "a.jpg,dog here",
        "a.jpg,dog there",
        "a.jpg,tree",
        "a.jpg,dog and dog",
        "b.jpg,person",
        "b.jpg,person",
    ]
    (folder / "captions.csv").write_text("\n".join(["image,caption", *rows]))
    first, second = read(folder).photos
    assert (first.present, first.judged) == ({"dog"}, {"dog", "person"})  # one of four names a tree
    assert (second.present, second.judged) == ({"person"}, {"person", "dog", "tree"})


def test_what_is_wrong_is_said(folder):
    with pytest.raises(DatasetError, match="no labels in it"):
        read(folder)
    (folder / "boxes.csv").write_text("image,class\nc.jpg,dog\n")
    with pytest.raises(DatasetError, match=r"c\.jpg is not in"):
        read(folder)
    with pytest.raises(DatasetError, match="'unicorn' is no class"):
        read(folder, complete=("unicorn",))
    with pytest.raises(DatasetError, match="the photos of labels lie there"):
        read(folder, folder / "nowhere")
