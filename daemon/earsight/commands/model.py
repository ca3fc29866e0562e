"""earsight model: look at a model bundle, or verify that it is whole."""

from __future__ import annotations

import argparse

from earsight.bundles.bundle import bundle_folder, open_bundle, read_manifest
from earsight.captioners.onnx import OnnxCaptioner
from earsight_bundle.files import MODEL_CARD

EXAMPLES = ("info builtin", "verify builtin")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="info|verify")
    for name, text in (
        ("info", "print what the bundle says of itself, and its model card"),
        ("verify", "check every file's sha256, load the graphs and caption a grey picture"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.add_argument("dir", metavar="DIR", help="the bundle's folder, or builtin")


def run(arguments: argparse.Namespace) -> int:
    """0: whole. Anything else raises BundleError."""
    folder = bundle_folder(arguments.dir)
    if arguments.action == "verify":
        OnnxCaptioner(open_bundle(folder)).warm_up()
        print(f"{folder}: whole")
        return 0
    manifest = read_manifest(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{manifest.name}, {size / 1e6:.1f} MB, licence: {manifest.licence}")
    print(f"pictures: {manifest.image.side} x {manifest.image.side}; beams: {manifest.decode.beams}")
    for name, value in manifest.metrics.items():
        print(f"{name:18}{value:8.4f}")
    card = folder / MODEL_CARD
    if card.exists():
        print(f"\n{card.read_text(encoding='utf-8', errors='replace')}", end="")
    return 0
