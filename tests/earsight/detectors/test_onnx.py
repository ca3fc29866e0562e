"""The detector of a bundle, on a tiny graph."""

import numpy as np
import onnx
import onnxruntime
import pytest

from earsight.bundles.bundle import BundleError, open_bundle
from earsight.detectors.onnx import OnnxDetector
from earsight.inference.providers import Provider
from earsight.scene import Direction
from earsight_bundle.files import DETECTOR
from tests.earsight.bundles.bundle_files import captions_only, reseal
from tests.earsight.detectors.tiny_graphs import CLASSES, detector, with_detector


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return open_bundle(with_detector(tmp_path_factory.mktemp("bundle")))


def halves(left, right, height=60, width=200):
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = left, right
    return pixels


def test_what_is_red_on_the_left_is_a_person_on_the_left(bundle):
    seen = OnnxDetector(bundle, threads=1).detect(halves((200, 0, 0), (0, 0, 100)))
    found = [(CLASSES[each.kind], round(each.score, 2), each.box.direction) for each in seen.found]
    person, car = ("person", 0.78, Direction.LEFT), ("car", 0.39, Direction.RIGHT)
    assert found == [person, person, car, car]
    np.testing.assert_allclose(seen.best, [200 / 255, 0, 100 / 255], atol=0.01)


def test_a_turned_picture_needs_no_copy(bundle):
    turned = np.rot90(halves((200, 0, 0), (0, 0, 100)))
    device = OnnxDetector(bundle, threads=1)
    assert device.detect(turned).found == device.detect(np.ascontiguousarray(turned)).found


def test_its_classes_are_the_manifests(bundle):
    assert OnnxDetector(bundle).classes == bundle.manifest.objects.classes


def test_it_says_what_computes_it(bundle):
    assert OnnxDetector(bundle).placement.parts == {DETECTOR: "CPU"}
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        assert "has no cuda" in OnnxDetector(bundle, provider=Provider("cuda")).placement.problem


def test_warm_up_needs_no_picture(bundle):
    OnnxDetector(bundle).warm_up()


def test_a_model_without_a_detector_is_refused(tmp_path):
    with pytest.raises(BundleError, match="finds no objects; choose another bundle"):
        OnnxDetector(open_bundle(captions_only(tmp_path)))


def test_a_graph_with_other_classes_than_the_manifest_is_refused(tmp_path):
    folder = with_detector(tmp_path, classes=[{"name": "person"}, {"name": "dog"}])
    with pytest.raises(BundleError, match=r"gives scores \(4, 3\) .* call for scores \(cells, 2\).*export"):
        OnnxDetector(open_bundle(folder))


def test_a_graph_with_other_cells_of_boxes_than_of_scores_is_refused(tmp_path):
    folder = with_detector(tmp_path)
    onnx.save(detector(cells=3), str(folder / DETECTOR))
    reseal(folder)
    with pytest.raises(BundleError, match=r"boxes \(3, 4\)"):
        OnnxDetector(open_bundle(folder))


def test_a_graph_that_takes_another_size_is_refused(tmp_path):
    folder = with_detector(tmp_path, image={"side": 64, "fit": "squash"})
    with pytest.raises(BundleError, match=r"detector\.onnx: does not fit the bundle: "):
        OnnxDetector(open_bundle(folder))


def test_a_graph_that_is_none_is_refused(tmp_path):
    folder = with_detector(tmp_path)
    (folder / DETECTOR).write_bytes(b"no graph")
    reseal(folder)
    with pytest.raises(BundleError, match=r"detector\.onnx: can't be loaded: .*copy the bundle again"):
        OnnxDetector(open_bundle(folder))
