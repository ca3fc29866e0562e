"""earsight-train: from captioned photos to a model bundle, one step a command."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_training.errors import TrainingError
from earsight_training.recipe import load_recipe

if TYPE_CHECKING:
    from earsight_training.datasets import CaptionedPhoto


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="earsight-train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument(
            "--data",
            type=Path,
            required=True,
            help="folder with captions.csv (image,caption,split) and images/",
        )
        return added

    def step(name: str, text: str) -> argparse.ArgumentParser:
        added = command(name, text)
        added.add_argument("recipe", type=Path, help="a recipe of config/training/")
        added.add_argument(
            "--work", type=Path, required=True, help="folder for checkpoints, outside the repository"
        )
        return added

    teach = step("teach", "run the teacher network over crops of the training photos")
    teach.add_argument("--teacher", type=Path, required=True, help="MobileNet V2 as uint8 .tflite")
    step("distill", "teach the encoder to see what the teacher sees; goes on where it stopped")
    step("train", "learn to caption; goes on where it stopped")
    export = step("export", "write the model bundle, calibrate and score it on the validation photos")
    export.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    export.add_argument("--float32", action="store_true", help="keep weights as float32, not int8")
    evaluate = command("evaluate", "score a bundle's captions")
    evaluate.add_argument("--bundle", type=Path, required=True)
    evaluate.add_argument("--split", default="val")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _photos(data: Path, splits: Sequence[str]) -> list[CaptionedPhoto]:
    from earsight_training.datasets import read_captions

    return read_captions(data / "captions.csv", data / "images", splits)


def _teach(arguments: argparse.Namespace) -> None:
    # The workers own one core each, and must not fight over all of them when they multiply matrices. numpy
    # reads this when it is first imported: hence here, and no import of numpy at the top of this file.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from earsight_training.datasets import load_images
    from earsight_training.teacher import MobileNet, compute_views

    recipe = load_recipe(arguments.recipe)
    compute_views(
        partial(MobileNet, arguments.teacher),
        load_images(_photos(arguments.data, recipe.data.train), recipe.data.side),
        arguments.work / "teacher",
        recipe.distill.views,
        recipe.distill.components,
        recipe.seed,
        os.cpu_count() or 1,
    )


def _distill(arguments: argparse.Namespace) -> None:
    from earsight_training.builtin import distill_encoder

    recipe = load_recipe(arguments.recipe)
    distill_encoder(recipe, _photos(arguments.data, recipe.data.train), arguments.work)


def _train(arguments: argparse.Namespace) -> None:
    from earsight_training.builtin import train_captions

    recipe = load_recipe(arguments.recipe)
    train_captions(recipe, _photos(arguments.data, recipe.data.train), arguments.work)


def _export(arguments: argparse.Namespace) -> None:
    from earsight_training.builtin import export_bundle

    recipe = load_recipe(arguments.recipe)
    photos, validation = (_photos(arguments.data, s) for s in (recipe.data.train, recipe.data.validation))
    scores = export_bundle(
        recipe, photos, validation, arguments.work, arguments.out, int8=not arguments.float32
    )
    print(json.dumps(scores))


def _evaluate(arguments: argparse.Namespace) -> None:
    from earsight_training.evaluate import describe, reliability, score

    candidates = describe(arguments.bundle, _photos(arguments.data, [arguments.split]))
    scores = score(candidates)
    if arguments.json:
        print(json.dumps(scores))
        return
    for name, value in scores.items():
        print(f"{name:10}{value:8.4f}")
    print("\nconfidence   captions   of these without anything made up")
    for low, high, share, truthful in reliability(candidates):
        print(f"{low:4.2f}-{min(high, 1):4.2f}   {share:8.1%}   {truthful:8.1%}")


_COMMANDS = {
    "teach": _teach,
    "distill": _distill,
    "train": _train,
    "export": _export,
    "evaluate": _evaluate,
}


def main(argv: Sequence[str] | None = None) -> int:
    """0: done. 1: a problem that the message names. 2: wrong usage. 130: interrupted."""
    arguments = _parser().parse_args(argv)
    try:
        _COMMANDS[arguments.command](arguments)
    except (TrainingError, OSError) as error:
        print(f"earsight-train: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"earsight-train: {error}; install the training extra: pip install '.[train]'", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
