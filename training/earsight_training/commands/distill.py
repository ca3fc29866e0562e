"""earsight-train distill: teach the encoder to see what the teacher sees."""

from __future__ import annotations

import argparse

from earsight_training.commands.arguments import add_step, photos
from earsight_training.learning.photo_recipe import distill_encoder
from earsight_training.recipe import load_recipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_step(parser)


def run(arguments: argparse.Namespace) -> int:
    recipe = load_recipe(arguments.recipe)
    arguments.work.mkdir(parents=True, exist_ok=True)  # found out now, not after the first epoch
    distill_encoder(recipe, photos(arguments, recipe.data.train), arguments.work)
    return 0
