"""earsight-train export: write the model bundle, calibrate and score it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from earsight_training.bundling import export_bundle
from earsight_training.captioner import load_captioner
from earsight_training.commands.arguments import add_data, photos


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.pt", help="what train or import wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--float32", action="store_true", help="keep weights as float32, not int8")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    captioner = load_captioner(arguments.model)
    validation = photos(arguments, captioner.recipe.data.validation)
    scores = export_bundle(captioner, validation, arguments.out, int8=not arguments.float32)
    print(json.dumps(scores))
    return 0
