"""earsight-train see: teach an encoder what photos of all kinds show."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight_training.commands.arguments import add_labelled_sets
from earsight_training.detector_recipe import load_detector_recipe
from earsight_training.preconditions import require_folder
from earsight_training.recipe import load_recipe

EXAMPLES = [
    "config/training/builtin.yaml --labels config/training/detector.yaml --data data"
    " --detections objects.csv.gz --work work"
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "recipe", type=Path, help="a captioner's recipe of config/training/, with a section see"
    )
    parser.add_argument(
        "--labels",
        type=Path,
        required=True,
        metavar="RECIPE",
        help="the detector's recipe, whose sets it learns",
    )
    add_labelled_sets(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.data.detection_sets import read_detection_photos
    from earsight_training.learning.photo_recipe import teach_to_see

    recipe = load_recipe(arguments.recipe)
    labels = load_detector_recipe(arguments.labels)
    require_folder(arguments.work)
    photos = read_detection_photos(labels, arguments.labels.parent, arguments.data, arguments.detections)
    teach_to_see(recipe, photos.train, arguments.work)
    return 0
