"""earsight-train join: put a detector and a place head into a bundle, and calibrate them."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight_training.commands.arguments import add_labelled_sets

EXAMPLES = [
    "--bundle bundle --recipe config/training/detector.yaml --data data --detections objects.csv.gz"
    " --work work --out bundle"
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="that gains objects")
    parser.add_argument(
        "--recipe", type=Path, required=True, metavar="FILE", help="the detector's recipe, for its sets"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the new bundle; may be the same"
    )
    parser.add_argument("--without-place", action="store_true", help="leave the place head out")
    add_labelled_sets(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.bundles.join import join
    from earsight_training.data.detection_sets import read_detection_photos
    from earsight_training.detector_recipe import load_detector_recipe
    from earsight_training.trained_detector import load_detector
    from earsight_training.trained_place_head import load_place_head

    recipe = load_detector_recipe(arguments.recipe)
    detector = load_detector(arguments.work / "detector.pt")
    head = None
    if not arguments.without_place:
        head = load_place_head(arguments.work / "place.pt", detector.recipe)
    photos = read_detection_photos(recipe, arguments.recipe.parent, arguments.data, arguments.detections)
    joined = join(arguments.bundle, detector, head, photos.held_out, arguments.out)
    for name, value in joined.metrics.items():
        print(f"{name} {value:.4f}")
    for each in joined.classes:
        print(f"{each.name}: {'never named' if each.least >= 1 else f'named from {each.least:.2f}'}")
    return 0
