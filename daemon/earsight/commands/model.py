"""earsight model: look at a model bundle, or verify that it is whole."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight.bundles.bundle import bundle_folder, open_bundle, read_manifest
from earsight.captioners.onnx import OnnxCaptioner
from earsight.errors import CaptionerError
from earsight.inference.providers import Provider
from earsight_bundle.files import MODEL_CARD

EXAMPLES = ("info builtin", "verify builtin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="info|verify")
    for name, text in (
        ("info", "print the bundle's description, what runs its graphs here, and its model card"),
        ("verify", "check every file's sha256, load the graphs and caption a grey picture"),
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
        OnnxCaptioner(open_bundle(folder), provider=provider).warm_up()
        print(f"{folder}: whole")
        return 0
    manifest = read_manifest(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{manifest.name}, {size / 1e6:.1f} MB, licence: {manifest.licence}")
    print(f"pictures: {manifest.image.side} x {manifest.image.side}; beams: {manifest.decode.beams}")
    print(_placement(folder, provider))
    for name, value in manifest.metrics.items():
        print(f"{name:18}{value:8.4f}")
    card = folder / MODEL_CARD
    if card.exists():
        print(f"\n{card.read_text(encoding='utf-8', errors='replace')}", end="")
    return 0


def _placement(folder: Path, provider: Provider) -> str:
    """What computes the graphs, or why nothing does."""
    try:
        placement = OnnxCaptioner(open_bundle(folder), provider=provider).placement
    except CaptionerError as error:
        return f"does not run: {error}"
    return f"runs: {placement}" if placement.problem is None else f"runs: {placement}\n{placement.problem}"
