"""A detector, and a place head, in a bundle."""

import json
import re

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.detectors.onnx import OnnxDetector  # noqa: E402
from earsight_training.bundles import join as joining  # noqa: E402
from earsight_training.bundles.agreement import AgreementError  # noqa: E402
from earsight_training.bundles.join import join  # noqa: E402
from earsight_training.data.object_labels import Boxes  # noqa: E402
from earsight_training.data.place_labels import GROUNDS, PLACES  # noqa: E402
from earsight_training.detector_recipe import COCO, DetectorRecipe  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.networks.nanodet import COCO_CLASSES, NanoDet  # noqa: E402
from earsight_training.networks.place_head import PlaceHead  # noqa: E402
from earsight_training.trained_detector import TrainedDetector  # noqa: E402
from tests.training.detection_examples import labelled, picture, recipe_of, save_picture  # noqa: E402

THING = (0.2, 0.2, 0.8, 0.8)
DOOR = COCO_CLASSES


def detector_for(about="Rectangles.", seed=1, logit=0.0):
    """Of random weights; about as sure of everything as logit says."""
    torch.manual_seed(seed)
    model = NanoDet(COCO_CLASSES + 1).eval()
    for level in model.levels:
        torch.nn.init.normal_(level.head.weight, std=0.3)
        torch.nn.init.constant_(level.head.bias[: COCO_CLASSES + 1], logit)
    recipe = DetectorRecipe.model_validate(recipe_of(about=about, more_classes=("door",)))
    return TrainedDetector(recipe, model, np.full((1, 8), seed, np.uint8))


@pytest.fixture
def head():
    head = PlaceHead(32, len(PLACES), len(GROUNDS), COCO_CLASSES + 1).eval()
    torch.nn.init.normal_(head.presence.weight, std=0.1)
    return head


@pytest.fixture
def photos(tmp_path):
    """Twelve: half of them show a person, and all of them a door."""
    known = [name == "person" for name in COCO] + [True]
    photos = []
    for number in range(12):
        path = tmp_path / "images" / f"{number}.png"
        things = [("person", THING)] if number % 2 else []
        save_picture(path, *things, ("dog", (0.0, 0.0, 0.05 * number + 0.1, 0.1)))
        found = [(THING, 0, 1.0)] * len(things) + [((0, 0, 1, 1), DOOR, 1.0)]
        photos.append(labelled(str(path), Boxes.of(found), known))
    return photos


def test_the_device_runs_what_was_joined(seeing_bundle, photos, head, tmp_path):
    detector = detector_for()
    joined = join(seeing_bundle, detector, head, photos, tmp_path / "out")
    bundle = open_bundle(tmp_path / "out")
    manifest = bundle.manifest
    assert set(manifest.capabilities) == {"caption", "objects", "place"}
    assert manifest.objects.classes == joined.classes
    assert [each.name for each in joined.classes] == [*COCO, "door"]
    assert (manifest.objects.image.side, manifest.place.places) == (64, PLACES)
    assert 0 < joined.metrics["objects-recall"] <= 1
    assert manifest.metrics["objects-precision"] == joined.metrics["objects-precision"]
    assert joined.classes[DOOR].least < 1, "it is in every photo, and sure to be"
    seen = OnnxDetector(bundle, threads=1).detect(picture(("person", THING)))
    with torch.no_grad():
        pixels = torch.from_numpy(picture(("person", THING))).permute(2, 0, 1)[None].float()
        exact = torch.cat([each.flatten(2) for each in detector.model(pixels)], 2)[0, : DOOR + 1].amax(1)
    np.testing.assert_allclose(seen.best, exact.sigmoid(), atol=0.05)
    np.testing.assert_array_equal(np.load(tmp_path / "out" / "trained_on.npy"), detector.trained_on)


def test_a_newer_detector_takes_the_place_of_an_older_one(seeing_bundle, photos, head, tmp_path):
    out = tmp_path / "out"
    join(seeing_bundle, detector_for("The older one."), head, photos, out)
    before = {path.name: path.stat().st_size for path in out.iterdir()}
    join(out, detector_for("The newer one.", seed=2), None, photos, out)
    after = {path.name: path.stat().st_size for path in out.iterdir()}
    assert {*before} - {*after} == {name for name in before if name.startswith("place.")} != set()
    assert after["detector.weights"] == before["detector.weights"]
    manifest = open_bundle(out).manifest
    assert set(manifest.capabilities) == {"caption", "objects"}
    assert manifest.place is None
    card = (out / "MODEL_CARD.md").read_text()
    assert card.startswith("# Seeing\n\nA card.\n")
    assert "The newer one." in card
    assert "The older one." not in card
    assert card.count("## Objects and place") == 1
    # Neither's photos may be used to judge the bundle.
    assert np.load(out / "trained_on.npy")[:, 0].tolist() == [1, 2]


def test_the_card_says_what_is_never_named(seeing_bundle, photos, tmp_path):
    for photo in photos:
        photo.presence[DOOR] = 0
    joined = join(seeing_bundle, detector_for(), None, photos, tmp_path / "out")
    assert joined.classes[DOOR].least == 1
    card = (tmp_path / "out" / "MODEL_CARD.md").read_text()
    assert "too often wrong to be named: door." in card
    assert not re.search(r"Named: .*\bdoor\b", card)


def test_a_detector_that_finds_nothing_has_no_precision(seeing_bundle, photos, tmp_path):
    for photo in photos:
        photo.presence[:] = 0
    joined = join(seeing_bundle, detector_for(logit=-9.0), None, photos, tmp_path / "out")
    assert joined.metrics == {"objects-recall": 0}
    assert "NaN" not in json.dumps(joined.metrics)


def test_what_cannot_be_joined_leaves_nothing(seeing_bundle, photos, tmp_path, monkeypatch):
    out = tmp_path / "out"
    with pytest.raises(TrainingError, match="no photos to calibrate on"):
        join(seeing_bundle, detector_for(), None, [], out)
    wrong = joining.detector_graph
    monkeypatch.setattr(
        joining, "detector_graph", lambda _, *others: wrong(detector_for(seed=3).model, *others)
    )
    with pytest.raises(AgreementError, match="the detector's graph disagrees with the model"):
        join(seeing_bundle, detector_for(), None, photos, out)
    assert not out.exists()
