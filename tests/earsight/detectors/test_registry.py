"""Which detector and which place head are loaded for which settings."""

from functools import partial
from pathlib import Path

import pytest

from earsight.bundles import bundle as bundles
from earsight.bundles.bundle import BundleError, open_bundle
from earsight.config.captioner import HuggingFaceCaptionerSection, OnnxCaptionerSection
from earsight.config.objects import ObjectsSection
from earsight.detectors.none import NoDetector
from earsight.detectors.onnx import OnnxDetector
from earsight.detectors.registry import build_detector, build_place_head
from tests.earsight.bundles.bundle_files import captions_only
from tests.earsight.detectors.tiny_graphs import CLASSES, detector_only, with_detector, with_place_head

HUGGINGFACE = HuggingFaceCaptionerSection(engine="huggingface", model=Path("somewhere"), provider="cuda")


@pytest.fixture(scope="module")
def sees(tmp_path_factory):
    return with_place_head(with_detector(tmp_path_factory.mktemp("sees")))


@pytest.fixture(scope="module")
def only_captions(tmp_path_factory):
    return captions_only(tmp_path_factory.mktemp("captions"))


@pytest.fixture
def built_in(monkeypatch):
    """Put another bundle in the place of the built-in one."""

    def put(folder):
        others = bundles.bundle_folder
        replaced = lambda name: folder if name == "builtin" else others(name)  # noqa: E731
        monkeypatch.setattr("earsight.detectors.registry.bundle_folder", replaced)

    return put


def names(detector):
    return tuple(each.name for each in detector.classes)


def captioner(bundle):
    return OnnxCaptionerSection(bundle=bundle, threads=1)


build = partial(build_detector, opened=open_bundle)


def test_the_detector_of_the_captioners_bundle_comes_first(sees, only_captions, built_in):
    built_in(only_captions)
    assert names(build(ObjectsSection(), captioner(sees))) == CLASSES


@pytest.mark.parametrize("engine", ["onnx", "huggingface"])
def test_any_captioner_has_the_built_in_detector_beside_it(sees, only_captions, built_in, engine):
    built_in(sees)
    detector = build(ObjectsSection(), captioner(only_captions) if engine == "onnx" else HUGGINGFACE)
    assert names(detector) == CLASSES
    assert detector.placement.problem is None, "cuda is what torch shall use"


def test_another_bundle_can_be_named(tmp_path, sees, only_captions):
    detector = build(ObjectsSection(bundle=detector_only(tmp_path)), captioner(only_captions))
    assert isinstance(detector, OnnxDetector)
    with pytest.raises(BundleError, match="finds no objects; choose another bundle"):
        build(ObjectsSection(bundle=only_captions), captioner(sees))


def test_without_any_there_is_none(sees, only_captions, built_in):
    built_in(only_captions)
    assert isinstance(build(ObjectsSection(), captioner(only_captions)), NoDetector)
    assert isinstance(build(ObjectsSection(enabled=False), captioner(sees)), NoDetector)


def test_the_place_head_is_that_of_the_captioners_bundle(sees, only_captions):
    head = build_place_head(ObjectsSection(), captioner(sees), open_bundle)
    assert tuple(each.name for each in head.classes) == CLASSES
    for objects, section in (
        (ObjectsSection(enabled=False), captioner(sees)),
        (ObjectsSection(), captioner(only_captions)),
        (ObjectsSection(bundle=sees), HUGGINGFACE),
    ):
        assert build_place_head(objects, section, open_bundle) is None
