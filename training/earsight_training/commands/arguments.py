"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earsight_training.datasets import CaptionedPhoto


def add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder with captions.csv (image,caption,split) and images/",
    )


def photos(arguments: argparse.Namespace, splits: Sequence[str]) -> list[CaptionedPhoto]:
    """The photos of these splits of --data. Raises DatasetError."""
    from earsight_training.datasets import read_captions

    return read_captions(arguments.data / "captions.csv", arguments.data / "images", splits)


def add_step(parser: argparse.ArgumentParser) -> None:
    """What every step of a recipe takes."""
    add_data(parser)
    parser.add_argument("recipe", type=Path, help="a recipe of config/training/")
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for checkpoints, outside the repository"
    )
