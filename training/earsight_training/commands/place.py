"""earsight-train place: fit the place head on what a bundle's encoder sees."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight_training.commands.arguments import add_labelled_sets
from earsight_training.detector_recipe import load_detector_recipe
from earsight_training.preconditions import require_folder

EXAMPLES = [
    "config/training/detector.yaml --bundle bundle --data data --detections objects.csv.gz --work work"
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recipe", type=Path, help="a detector's recipe, for its sets and classes")
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="whose encoder is read")
    add_labelled_sets(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.data.detection_sets import read_detection_photos
    from earsight_training.data.encoder_cells import encoded
    from earsight_training.learning.place_training import fit_place_head, place_metrics
    from earsight_training.trained_place_head import save_place_head

    recipe = load_detector_recipe(arguments.recipe)
    require_folder(arguments.work)
    photos = read_detection_photos(recipe, arguments.recipe.parent, arguments.data, arguments.detections)
    examples = encoded(arguments.bundle, photos.train, arguments.work / "cells.npy")
    head = fit_place_head(examples, recipe.seed)
    save_place_head(arguments.work / "place.pt", head, recipe)
    if photos.held_out:
        others = encoded(arguments.bundle, photos.held_out, arguments.work / "cells-held-out.npy")
        for name, value in place_metrics(head, others, recipe.classes).items():
            print(f"{name} {value:.3f}")
    return 0
