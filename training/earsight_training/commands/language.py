"""earsight-train language: put a decoder of one more language into a bundle, calibrate and score it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

from earsight_training.bundles.precision import Precision
from earsight_training.commands.arguments import add_data, add_missing, usable_photos
from earsight_training.errors import TrainingError
from earsight_training.preconditions import require_room, require_writable
from earsight_training.recipe import BundleEncoderSettings

EXAMPLES = ["work/model.pt --bundle bundle --data flickr8k --out bundle"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "model", type=Path, metavar="MODEL.pt", help="what train wrote, by a recipe with encoder: bundle"
    )
    parser.add_argument(
        "--bundle", type=Path, required=True, metavar="DIR", help="the bundle that it was trained for"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the new bundle; may be the same"
    )
    parser.add_argument(
        "--precision", choices=get_args(Precision), default="int8", help="of the weights (default: int8)"
    )
    add_data(parser)
    add_missing(parser, "as when it was trained")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.bundles.languages import add_language, language_bytes
    from earsight_training.bundles.writer import require_bundle_folder
    from earsight_training.data.leaks import refuse_trained_on
    from earsight_training.scoring.scores import rehearse
    from earsight_training.trained_captioner import load_captioner

    out: Path = arguments.out
    require_bundle_folder(out)
    require_writable(out.with_name(f"{out.name}.unfinished"), parents=True)
    rehearse(only_cider=True)
    captioner = load_captioner(arguments.model)
    if not isinstance(captioner.recipe.encoder, BundleEncoderSettings):
        raise TrainingError(
            f"{arguments.model}: was not trained for the encoder of a bundle; make a bundle of it by export"
        )
    bundle: Path = arguments.bundle
    there = sum(path.stat().st_size for path in bundle.iterdir()) if bundle.is_dir() else 0
    require_room(out, there + language_bytes(captioner), "the bundle")
    data = captioner.recipe.data
    seen, _ = usable_photos(arguments, data.validation, captioner.missing, data.languages)
    if captioner.trained_on is not None:
        refuse_trained_on(seen.photos, seen.fingerprints, captioner.trained_on, str(arguments.model))
    print(json.dumps(add_language(bundle, captioner, seen.photos, out, arguments.precision)))
    return 0
