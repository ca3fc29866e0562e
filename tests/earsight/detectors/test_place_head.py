"""The place head, on a tiny graph."""

import numpy as np
import onnx
import pytest

from earsight.bundles.bundle import BundleError, open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.detectors.place_head import PlaceHead
from earsight.scene import Place
from earsight.vision.describer import build_describer
from earsight_bundle.files import ENCODER, PLACE
from tests.earsight.bundles.bundle_files import captions_only, reseal
from tests.earsight.detectors.tiny_graphs import place_head, with_detector, with_place_head


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_place_head(with_detector(tmp_path_factory.mktemp("bundle")))


@pytest.fixture(scope="module")
def cells(folder):
    captioner = OnnxCaptioner(open_bundle(folder), threads=1)
    cells = captioner.encode(captioner.prepare(np.full((60, 80, 3), 90, np.uint8))).cells
    assert cells.dtype == np.float32
    assert cells.shape[:2] == (1, 1)
    return cells


def test_it_reads_the_encoders_cells(folder, cells):
    head = PlaceHead(open_bundle(folder), threads=1)
    reading = head.read(cells)
    assert reading.place == Place("street", pytest.approx(0.9))
    assert reading.ground == Place("grass", pytest.approx(0.7))
    np.testing.assert_array_equal(reading.presence, [0, 1, -3])
    assert head.classes == open_bundle(folder).manifest.objects.classes
    assert head.placement.parts == {PLACE: "CPU"}


@pytest.fixture
def copy(tmp_path):
    return with_place_head(with_detector(tmp_path))


@pytest.mark.parametrize(
    ("values", "place"),
    [([0.5, 0.3], "street"), ([0.49, 0.3], None), ([np.nan, 0.9], None), ([0.1, 1.2], "kitchen")],
)
def test_a_place_has_to_be_more_likely_than_not(copy, cells, values, place):
    graph = onnx.load(str(copy / PLACE))
    (said,) = (each for each in graph.graph.initializer if each.name == "said_places")
    said.CopyFrom(onnx.numpy_helper.from_array(np.array(values, np.float32), said.name))
    onnx.save(graph, str(copy / PLACE))
    reseal(copy)
    found = PlaceHead(open_bundle(copy)).read(cells).place
    assert (found and found.name) == place
    assert found is None or 0.5 <= found.confidence <= 1


def test_a_head_with_other_places_than_the_manifest_is_refused(copy, cells):
    onnx.save(place_head(cells.shape[2], places=1), str(copy / PLACE))
    reseal(copy)
    with pytest.raises(BundleError, match=r"gives places \(1,\) where the manifest calls for \(2,\)"):
        PlaceHead(open_bundle(copy)).read(cells)


def test_a_model_without_one_is_refused(tmp_path):
    with pytest.raises(BundleError, match="tells no places; choose another bundle"):
        PlaceHead(open_bundle(captions_only(tmp_path)))


def test_an_encoder_without_cells_does_not_go_with_a_place_head(copy):
    graph = onnx.load(str(copy / ENCODER), load_external_data=False)
    (cells,) = (each for each in graph.graph.output if each.name == "cells")
    graph.graph.output.remove(cells)
    onnx.save(graph, str(copy / ENCODER))
    reseal(copy)
    with pytest.raises(BundleError, match=r"encoder\.onnx: has no output cells for place\.onnx; export"):
        OnnxCaptioner(open_bundle(copy))


def test_a_head_that_does_not_fit_is_found_before_the_first_press(copy, cells):
    onnx.save(place_head(cells.shape[2] + 1), str(copy / PLACE))
    reseal(copy)
    section = OnnxCaptionerSection(bundle=copy, threads=1, max_tokens=4)
    with pytest.raises(BundleError, match=r"place\.onnx: does not fit the bundle"):
        build_describer(Config(captioner=section)).warm_up()
