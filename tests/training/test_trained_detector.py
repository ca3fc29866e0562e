"""A detector, and a place head, as files."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.place_labels import GROUNDS, PLACES  # noqa: E402
from earsight_training.detector_recipe import DetectorRecipe  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.networks.nanodet import NanoDet  # noqa: E402
from earsight_training.networks.place_head import PlaceHead  # noqa: E402
from earsight_training.trained_detector import TrainedDetector, load_detector, save_detector  # noqa: E402
from earsight_training.trained_place_head import load_place_head, save_place_head  # noqa: E402
from tests.training.detection_examples import recipe_of  # noqa: E402


@pytest.fixture
def recipe():
    return DetectorRecipe.model_validate(recipe_of(more_classes=("door",)))


def test_a_detector_comes_back(recipe, tmp_path):
    torch.manual_seed(1)
    model, seen = NanoDet(81).eval(), np.arange(12, dtype=np.uint8).reshape(2, 6)
    save_detector(tmp_path / "detector.pt", TrainedDetector(recipe, model, seen))
    read = load_detector(tmp_path / "detector.pt")
    assert read.recipe == recipe
    np.testing.assert_array_equal(read.trained_on, seen)
    assert not read.model.training
    for name, values in model.state_dict().items():
        torch.testing.assert_close(read.model.state_dict()[name], values, rtol=1e-3, atol=1e-4)


def test_what_is_no_detector_is_refused(recipe, tmp_path):
    path = tmp_path / "detector.pt"
    with pytest.raises(TrainingError, match="run `earsight-train detect` first"):
        load_detector(path)
    save_place_head(path, PlaceHead(4, len(PLACES), len(GROUNDS), 81), recipe)
    with pytest.raises(TrainingError, match="not a detector that this version wrote"):
        load_detector(path)


def test_a_place_head_comes_back(recipe, tmp_path):
    head = PlaceHead(4, len(PLACES), len(GROUNDS), 81)
    torch.nn.init.normal_(head.presence.weight)
    save_place_head(tmp_path / "place.pt", head, recipe)
    read = load_place_head(tmp_path / "place.pt", recipe)
    assert torch.equal(read.presence.weight, head.presence.weight)
    assert not read.training


def test_a_head_for_other_classes_is_refused(recipe, tmp_path):
    path = tmp_path / "place.pt"
    with pytest.raises(TrainingError, match="run `earsight-train place` first"):
        load_place_head(path, recipe)
    save_place_head(path, PlaceHead(4, len(PLACES), len(GROUNDS), 81), recipe)
    other = DetectorRecipe.model_validate(recipe_of(more_classes=("stairs",)))
    with pytest.raises(TrainingError, match="of other classes than the detector; run `place` anew"):
        load_place_head(path, other)
    save_place_head(path, PlaceHead(4, 3, len(GROUNDS), 81), recipe)
    with pytest.raises(TrainingError, match="not a place head that this version wrote"):
        load_place_head(path, recipe)
