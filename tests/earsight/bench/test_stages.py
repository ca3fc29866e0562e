"""Stages of a caption, measured on the built-in bundle."""

from pathlib import Path

import pytest
from PIL import Image

from earsight.bench.stages import STAGES, Captioned, Read, captioned, quantiles
from earsight.bundles.bundle import open_bundle
from earsight.cameras.photos import PhotoError
from earsight.captioners.decoder import Decoder
from earsight.captioners.onnx import OnnxCaptioner
from earsight.detectors.onnx import OnnxDetector
from earsight.detectors.place_head import PlaceHead
from earsight.inference.graph import Graph
from earsight.vision.describer import Describer
from tests.earsight.bundles.bundle_files import captions_only
from tests.earsight.detectors.tiny_graphs import with_detector, with_place_head
from tests.earsight.stand_ins import painted


@pytest.fixture(scope="module")
def describer(tmp_path_factory):
    folder = with_place_head(with_detector(tmp_path_factory.mktemp("bundle")))
    bundle = open_bundle(folder)
    captioner = OnnxCaptioner(bundle, threads=1, max_tokens=6, time_limit=60)
    return Describer(captioner, OnnxDetector(bundle, threads=1), PlaceHead(bundle, threads=1))


@pytest.fixture
def photo(tmp_path):
    Image.fromarray(painted("red")).save(tmp_path / "red.jpg")
    return tmp_path / "red.jpg"


def test_parts_add_up(describer, photo):
    captions = captioned(describer, photo, 3)
    assert len(captions) == 3
    assert len({caption.text for caption in captions}) == 1
    for caption in captions:
        times = caption.times
        assert set(times) == set(STAGES) - {"step"}
        assert all(seconds > 0 for seconds in times.values())
        steps = sum(step.seconds for step in caption.steps)
        assert times["prefill"] + steps + times["search"] == pytest.approx(times["decode"])
        parts = ("preprocess", "encode", "place", "detect", "decode")
        assert sum(times[part] for part in parts) == pytest.approx(times["total"])
        assert caption.tokens == len(caption.steps) + 1 <= 6
        assert all(1 <= step.rows <= 8 for step in caption.steps)
        assert caption.prefix.rows > 1
        assert caption.encoder.match("encoder*.onnx")


def test_a_bundle_that_only_captions_has_no_other_stages(photo, tmp_path):
    captioner = OnnxCaptioner(open_bundle(captions_only(tmp_path)), threads=1, max_tokens=4)
    (caption,) = captioned(Describer(captioner), photo, 1)
    assert set(caption.times) == set(STAGES) - {"step", "place", "detect"}
    assert set(quantiles([caption])) == set(STAGES) - {"place", "detect"}


def test_the_engine_is_left_as_it_was(describer, tmp_path):
    methods = Decoder.read_prefix, Decoder.read_tokens, Graph.run
    with pytest.raises(PhotoError):
        captioned(describer, tmp_path / "missing.jpg", 1)
    assert (Decoder.read_prefix, Decoder.read_tokens, Graph.run) == methods


def test_quantiles_are_of_captions_and_of_single_steps():
    def caption(milliseconds, steps):
        times = dict.fromkeys(set(STAGES) - {"step"}, milliseconds / 1000)
        return Captioned("", times, Read(0, 1), [Read(step / 1000, 1) for step in steps], Path())

    found = quantiles([caption(index, [1000]) for index in range(99)] + [caption(99, [1000, 5000])])
    assert list(found) == list(STAGES)
    assert found["encode"] == {"median": 49.5, "p95": 94.05, "p99": 98.01}
    assert found["step"] == {"median": 1000, "p95": 1000, "p99": 1000}
    assert "step" not in quantiles([caption(1, [])])
