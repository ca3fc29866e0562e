"""earsight-train export: write the model bundle, calibrate and score it."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from earsight_training.bundles.precision import Precision
from earsight_training.commands.arguments import (
    add_data,
    add_local_files_only,
    add_missing,
    photos,
    usable_photos,
)
from earsight_training.preconditions import require_room, require_writable
from earsight_training.recipe import ClipEncoderSettings

if TYPE_CHECKING:
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.trained_captioner import TrainedCaptioner

EXAMPLES = [
    "work/model.pt --data photos/split.csv --out bundle",
    "imported.pt --out imported",
]
NOTE = "Without --data the bundle is neither calibrated nor scored, and unsure of all it says."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
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
    add_missing(parser, "as when it was trained")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.bundles.export import export_bundle, require_own_encoder, with_clip
    from earsight_training.bundles.writer import bundle_bytes, require_bundle_folder
    from earsight_training.scoring.scores import rehearse
    from earsight_training.trained_captioner import load_captioner

    out: Path = arguments.out
    require_bundle_folder(out)
    require_writable(out.with_name(f"{out.name}.unfinished"), parents=True)
    if arguments.data:
        rehearse()
    captioner = load_captioner(arguments.model)
    require_own_encoder(captioner, arguments.model)
    encoder = captioner.recipe.encoder
    if isinstance(encoder, ClipEncoderSettings):
        name = arguments.clip or encoder.model
        captioner = with_clip(captioner, name, local_files_only=arguments.local_files_only)
    require_room(out, bundle_bytes(captioner, [arguments.precision, *arguments.other_encoder]), "the bundle")
    validation: list[CaptionedPhoto] = []
    training: list[CaptionedPhoto] = []
    if arguments.data:
        if arguments.precision != "float32":
            scratch = Path(tempfile.gettempdir())
            require_room(scratch, bundle_bytes(captioner, ["float32"]), "a float32 bundle to compare with")
        validation, training = _photos(arguments, captioner)
    scores = export_bundle(captioner, validation, out, arguments.precision, arguments.other_encoder, training)
    print(json.dumps(scores))
    return 0


def _photos(
    arguments: argparse.Namespace, captioner: TrainedCaptioner
) -> tuple[list[CaptionedPhoto], list[CaptionedPhoto]]:
    """Photos to judge the model by, and those of its training that it learns what is no picture by.

    Raises:
        LeakError: it was trained on some of the former.
        DatasetError: too many are missing.
    """
    from earsight_training.bundles.out_of_distribution import draw_photos
    from earsight_training.data.inspection import leave_out_missing
    from earsight_training.data.leaks import refuse_trained_on

    data, languages = captioner.recipe.data, captioner.recipe.data.languages
    seen, missing = usable_photos(arguments, data.validation, captioner.missing, languages)
    if captioner.trained_on is not None:
        refuse_trained_on(seen.photos, seen.fingerprints, captioner.trained_on, str(arguments.model))
    everything = photos(arguments, None, languages)
    learnt = draw_photos([photo for photo in everything if photo.split in data.train])
    training = leave_out_missing(learnt, len(everything), missing).photos if learnt else []
    return seen.photos, training
