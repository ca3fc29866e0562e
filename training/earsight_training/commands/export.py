"""earsight-train export: write the model bundle, calibrate and score it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

from earsight_training.bundles.export import export_bundle, with_clip
from earsight_training.bundles.graph_builder import Precision
from earsight_training.commands.arguments import add_data, add_local_files_only, photos
from earsight_training.recipe import ClipEncoderSettings
from earsight_training.trained_captioner import load_captioner


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.pt", help="what train or import wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the bundle")
    parser.add_argument(
        "--precision", choices=get_args(Precision), default="int8", help="of the weights (default: int8)"
    )
    parser.add_argument(
        "--other-encoder",
        choices=get_args(Precision),
        action="append",
        default=[],
        help="keep the encoder in this precision as well; each device takes the one that it runs fastest",
    )
    parser.add_argument("--clip", metavar="NAME|FILE", help="another CLIP than the one the model names")
    add_local_files_only(parser)
    add_data(parser, required=False)
    parser.epilog = "Without --data the bundle is neither calibrated nor scored, and unsure of all it says."


def run(arguments: argparse.Namespace) -> int:
    captioner = load_captioner(arguments.model)
    encoder = captioner.recipe.encoder
    if isinstance(encoder, ClipEncoderSettings):
        name = arguments.clip or encoder.model
        captioner = with_clip(captioner, name, local_files_only=arguments.local_files_only)
    validation = photos(arguments, captioner.recipe.data.validation) if arguments.data else []
    everything = photos(arguments, None) if arguments.data else []
    training = [photo for photo in everything if photo.split in captioner.recipe.data.train]
    scores = export_bundle(
        captioner, validation, arguments.out, arguments.precision, arguments.other_encoder, training
    )
    print(json.dumps(scores))
    return 0
