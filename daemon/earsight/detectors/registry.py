"""Which detector and which place head the settings ask for.

The modules that run graphs are imported when they are needed: where ONNX Runtime crashes, there must still be
a voice to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from earsight.bundles.bundle import Bundle, BundleOpener, bundle_folder
from earsight.config.captioner import CaptionerSection
from earsight.config.objects import ObjectsSection
from earsight.detectors.detector import Detector
from earsight.detectors.none import NoDetector

if TYPE_CHECKING:
    from earsight.detectors.place_head import PlaceHead
    from earsight.inference.providers import Provider


def build_detector(section: ObjectsSection, captioner: CaptionerSection, opened: BundleOpener) -> Detector:
    """Load the detector: of the named bundle, or of the captioner's, or else of the built-in one.

    Args:
        section: The settings.
        captioner: The settings of the captioner, which it runs beside: on the same processor or GPU.
        opened: Opens bundles.

    Raises:
        BundleError: It can't be loaded, or the bundle that was named has none.
    """
    bundle = _bundle(section, captioner, opened)
    if bundle is None:
        return NoDetector()
    from earsight.detectors.onnx import OnnxDetector

    return OnnxDetector(bundle, captioner.threads, _provider(captioner))


def build_place_head(
    section: ObjectsSection, captioner: CaptionerSection, opened: BundleOpener
) -> PlaceHead | None:
    """Load the place head of the captioner's bundle, whose encoder it reads; None where there is none.

    Raises:
        BundleError: It can't be loaded.
    """
    if not section.enabled or not captioner.runs_bundle:
        return None
    bundle = opened(bundle_folder(str(captioner.bundle)))
    if "place" not in bundle.manifest.capabilities:
        return None
    from earsight.detectors.place_head import PlaceHead

    return PlaceHead(bundle, captioner.threads, _provider(captioner))


def _bundle(section: ObjectsSection, captioner: CaptionerSection, opened: BundleOpener) -> Bundle | None:
    if not section.enabled:
        return None
    if section.bundle is not None:
        return opened(bundle_folder(str(section.bundle)))
    beside = [str(captioner.bundle)] if captioner.runs_bundle else []
    bundles = (opened(bundle_folder(name)) for name in dict.fromkeys([*beside, "builtin"]))
    return next((bundle for bundle in bundles if "objects" in bundle.manifest.capabilities), None)


def _provider(captioner: CaptionerSection) -> Provider:
    """The captioner's; where that one runs on torch, whatever ONNX Runtime finds."""
    from earsight.inference.providers import AUTO, Provider

    return Provider(captioner.provider, captioner.provider_options) if captioner.runs_bundle else AUTO
