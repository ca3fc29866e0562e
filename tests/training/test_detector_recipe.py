from pathlib import Path

import pytest

from earsight_training.data.place_labels import read_places
from earsight_training.data.presence_labels import read_presence
from earsight_training.detector_recipe import COCO, load_detector_recipe
from earsight_training.recipe_file import RecipeError

SHIPPED = Path(__file__).parents[2] / "config" / "training" / "detector.yaml"
MORE = ("building", "window", "cabinet")
"""What the labels say and this detector does not learn."""


@pytest.fixture
def changed(tmp_path):
    def write(old, new):
        text = SHIPPED.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "detector.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_the_shipped_recipe():
    recipe = load_detector_recipe(SHIPPED)
    assert len(COCO) == 80
    assert recipe.classes == (*COCO, *recipe.more_classes)
    assert len(set(recipe.classes)) == len(recipe.classes)
    (to_calibrate,) = (each for each in recipe.sets if each.folder == "coco_dev")
    assert to_calibrate.held_out == 1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("      person: [13]", "      unicorn: [13]", "ade20k: unicorn is no class of this detector"),
        ("known: [coco, door", "known: [coco, gate", "coco: gate is no class"),
        ("refrigerator door: refrigerator", "refrigerator door: fridge", "doors: fridge is no class"),
        ("      person: [13]", "      person: [256]", "less than or equal to 255"),
        ("held_out: 0.08", "held_out: 1.08", "less than or equal to 1"),
        ("side: 352", "side: 350", "multiple of 32"),
        ("sides: [256,", "sides: [250,", "multiple of 32"),
        ("network: nanodet", "network: yolo", "network"),
        ("epochs: 4", "epoch: 4", "epoch"),
        ("bias: 2.26\n", "", "trust"),
    ],
)
def test_what_is_wrong_is_said(changed, old, new, complaint):
    with pytest.raises(RecipeError, match=complaint):
        load_detector_recipe(changed(old, new))


def test_labels_by_eye_name_classes_that_there_are():
    recipe = load_detector_recipe(SHIPPED)
    tables = sorted({each.present for each in recipe.sets if each.present})
    assert len(tables) == 4
    for name in tables:
        present = read_presence(SHIPPED.parent / name)
        said = {each for labels in present.values() for each in labels.shown | labels.uncertain}
        assert said <= {*recipe.classes, *MORE}, name
        assert present.keys() == read_places(SHIPPED.parent / name.replace("present", "places")).keys()
