"""earsight-train distill: teach the encoder to see what the teacher sees."""

from __future__ import annotations

import argparse

from earsight_training.commands.arguments import add_step, usable_photos
from earsight_training.preconditions import require_folder
from earsight_training.recipe import distillation_settings, load_recipe

EXAMPLES = ["config/training/own-encoder.yaml --data flickr8k --work work"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_step(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.learning.photo_recipe import distill_encoder, teacher_views

    recipe = load_recipe(arguments.recipe)
    distillation_settings(recipe)
    require_folder(arguments.work)
    views = teacher_views(arguments.work)
    photos, _ = usable_photos(arguments, recipe.data.train)
    distill_encoder(recipe, photos, views, arguments.work)
    return 0
