"""earsight-train teach: run the teacher network over crops of the training photos."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

from earsight_training.commands.arguments import add_step, usable_photos
from earsight_training.preconditions import require_folder, require_room
from earsight_training.recipe import distillation_settings, load_recipe

EXAMPLES = ["config/training/own-encoder.yaml --data flickr8k --work work --teacher mobilenet_v2.tflite"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_step(parser)
    parser.add_argument("--teacher", type=Path, required=True, help="MobileNet V2 as uint8 .tflite")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    # The workers own one core each, and must not fight over all of them when they multiply matrices. numpy
    # reads this when it is first imported: hence here, and no import of numpy at the top of this file.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from earsight_training.data.squashed_photos import load_images
    from earsight_training.learning.teacher import MobileNet, compute_views, views_bytes

    recipe = load_recipe(arguments.recipe)
    _, distilling = distillation_settings(recipe)
    require_folder(arguments.work)
    open_teacher = partial(MobileNet, arguments.teacher)
    open_teacher()  # what is wrong with it is found out now, not by the workers
    photos, _ = usable_photos(arguments, recipe.data.train)
    size = views_bytes(len(photos.photos), distilling.views, distilling.components)
    require_room(arguments.work / "teacher", size, "the teacher's views")
    compute_views(
        open_teacher,
        load_images(photos.photos, recipe.data.side),
        arguments.work / "teacher",
        distilling.views,
        distilling.components,
        recipe.seed,
        os.cpu_count() or 1,
    )
    return 0
