"""earsight-train export: write the model bundle, calibrate and score it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from earsight_training.builtin import export_bundle
from earsight_training.commands.arguments import add_step, photos
from earsight_training.recipe import load_recipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_step(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--float32", action="store_true", help="keep weights as float32, not int8")


def run(arguments: argparse.Namespace) -> int:
    recipe = load_recipe(arguments.recipe)
    trained, validation = (photos(arguments, s) for s in (recipe.data.train, recipe.data.validation))
    scores = export_bundle(
        recipe, trained, validation, arguments.work, arguments.out, int8=not arguments.float32
    )
    print(json.dumps(scores))
    return 0
