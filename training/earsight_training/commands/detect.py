"""earsight-train detect: learn to find objects."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from earsight_training.commands.arguments import add_labelled_sets
from earsight_training.detector_recipe import load_detector_recipe
from earsight_training.preconditions import require_folder

EXAMPLES = [
    "config/training/detector.yaml --data data --detections objects.csv.gz --start nanodet.onnx --work work"
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recipe", type=Path, help="a detector's recipe of config/training/")
    add_labelled_sets(parser)
    parser.add_argument(
        "--start", type=Path, required=True, metavar="FILE", help="the network's published weights, ONNX"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.data.detection_sets import read_detection_photos
    from earsight_training.learning.detector_training import train_detector
    from earsight_training.trained_detector import save_detector

    recipe = load_detector_recipe(arguments.recipe)
    require_folder(arguments.work)
    photos = read_detection_photos(recipe, arguments.recipe.parent, arguments.data, arguments.detections)
    photos = replace(photos, train=[photo for photo in photos.train if photo.for_detector])
    detector = train_detector(recipe, photos, arguments.start, arguments.work)
    save_detector(arguments.work / "detector.pt", detector)
    return 0
