"""earsight model: look at a model bundle, or verify that it is whole."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from earsight.bundles.bundle import Bundle, bundle_folder, open_bundle, read_manifest
from earsight.captioners.onnx import OnnxCaptioner
from earsight.detectors.onnx import OnnxDetector
from earsight.detectors.place_head import PlaceHead
from earsight.errors import CaptionerError
from earsight.inference.placement import Placement
from earsight.inference.providers import Provider
from earsight.vision.describer import Describer
from earsight_bundle.files import MODEL_CARD
from earsight_bundle.manifest import Manifest

EXAMPLES = ("info builtin", "verify builtin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="info|verify")
    for name, text in (
        ("info", "print what the bundle can do, what runs its graphs here, and its model card"),
        ("verify", "check every file's sha256, load the graphs and show them a grey picture"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.add_argument("dir", metavar="DIR", help="the bundle's folder, or builtin")
        action.add_argument(
            "--provider",
            default="auto",
            metavar="NAME",
            help="execution provider; see captioner.provider (default: auto)",
        )


def run(arguments: argparse.Namespace) -> int:
    """Do the action.

    Returns:
        0, if the bundle is whole, or, for info, has a manifest.

    Raises:
        BundleError: It is not, or has none.
    """
    folder, provider = bundle_folder(arguments.dir), Provider(arguments.provider)
    if arguments.action == "verify":
        _run_once(open_bundle(folder), provider)
        print(f"{folder}: whole")
        return 0
    manifest = read_manifest(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{manifest.name}, {size / 1e6:.1f} MB, licence: {manifest.licence}")
    for line in _abilities(manifest):
        print(line)
    print(_placement(folder, provider))
    for name, value in manifest.metrics.items():
        print(f"{name:18}{value:8.4f}")
    card = folder / MODEL_CARD
    if card.exists():
        print(f"\n{card.read_text(encoding='utf-8', errors='replace')}", end="")
    return 0


def _abilities(manifest: Manifest) -> Iterator[str]:
    """A line for each thing that the model can do."""
    if "caption" in manifest.capabilities:
        side, beams = manifest.captioning.image.side, manifest.captioning.decode.beams
        languages = ", ".join(manifest.codes)
        yield f"captions in {languages}: pictures of {side} x {side}; beams: {beams}"
    if manifest.objects is not None:
        side, names = manifest.objects.image.side, [each.name for each in manifest.objects.classes]
        yield f"objects: pictures of {side} x {side}; {len(names)} classes: {', '.join(names)}"
    if manifest.place is not None:
        yield f"places: {', '.join(manifest.place.places)}; grounds: {', '.join(manifest.place.grounds)}"


def _run_once(bundle: Bundle, provider: Provider) -> Placement:
    """Load all graphs of a bundle and let them see a grey picture. Raises BundleError if one can't."""
    detector = None if bundle.manifest.objects is None else OnnxDetector(bundle, provider=provider)
    if "caption" not in bundle.manifest.capabilities:
        return Placement({}) if detector is None else detector.placement
    place_head = None if bundle.manifest.place is None else PlaceHead(bundle, provider=provider)
    describer = Describer(OnnxCaptioner(bundle, provider=provider), detector, place_head)
    describer.warm_up()
    return describer.placement


def _placement(folder: Path, provider: Provider) -> str:
    """What computes the graphs, or why nothing does."""
    try:
        placement = _run_once(open_bundle(folder), provider)
    except CaptionerError as error:
        return f"does not run: {error}"
    return f"runs: {placement}" if placement.problem is None else f"runs: {placement}\n{placement.problem}"
