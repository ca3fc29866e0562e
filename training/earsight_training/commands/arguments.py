"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.inspection import InspectedPhotos


class RenamedOption(argparse.Action):
    """An option under its old name: using it is an error that says the new one. `--help` does not list it."""

    def __init__(self, option_strings: Sequence[str], new: str, **_: Any) -> None:
        """Take what add_argument() passes on.

        Args:
            option_strings: The old name.
            new: The name to use in its place.
        """
        super().__init__(option_strings, argparse.SUPPRESS, nargs="?", help=argparse.SUPPRESS)
        self._new = new

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        """Exit with the usage error."""
        parser.error(f"{self.option_strings[0]} is now called {self._new}")


def add_data(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add --data and --images.

    Args:
        parser: Of a command.
        required: Whether --data is.
    """
    parser.add_argument(
        "--data",
        type=Path,
        required=required,
        metavar="PATH",
        help="folder with captions.csv (image,caption[,split][,language]) and images/, or a file of captions:"
        " CSV, Flickr8k's token file, COCO's captions JSON, Karpathy's JSON. Captions in other languages lie"
        " beside it: captions_id.csv",
    )
    parser.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="folder of the images (default: images/ beside the captions if there is one, else their folder)",
    )


def data_files(arguments: argparse.Namespace) -> tuple[Path, Path]:
    """The file of captions and the folder of images that --data and --images mean."""
    captions, images = captions_and_images(arguments.data)
    return captions, images if arguments.images is None else arguments.images


def captions_and_images(data: Path) -> tuple[Path, Path]:
    """Find the file of captions and the folder of images that --data means.

    Args:
        data: A folder with captions.csv, or a file of captions.
    """
    captions = data / "captions.csv" if data.is_dir() else data
    beside = captions.parent / "images"
    return captions, beside if beside.is_dir() else captions.parent


def usable_photos(
    arguments: argparse.Namespace,
    splits: Sequence[str] | None,
    missing: float | None = None,
    languages: Sequence[str] | None = None,
) -> tuple[InspectedPhotos, float]:
    """The photos of these splits of --data (None: of all) that can be used; the others are listed and left
    out.

    Args:
        arguments: With --data, --images and --missing.
        splits: Names of splits.
        missing: The share that may be missing where --missing does not say it; None: MISSING.
        languages: As for read_photos().

    Returns:
        The photos, and the share that may be missing.

    Raises:
        DatasetError: the data can't be read, or more are missing.
    """
    from earsight_training.data.inspection import MISSING, leave_out_missing

    if arguments.missing is not None:
        missing = arguments.missing
    share = MISSING if missing is None else missing
    chosen, total = photos(arguments, splits, languages), len(photos(arguments, None, languages))
    return leave_out_missing(chosen, total, share), share


def photos(
    arguments: argparse.Namespace, splits: Sequence[str] | None, languages: Sequence[str] | None = None
) -> list[CaptionedPhoto]:
    """Read the photos of --data.

    Args:
        arguments: Of the command.
        splits: To read; None reads all.
        languages: As for read_photos().

    Raises:
        DatasetError: They can't be read.
    """
    from earsight_training.data.datasets import read_photos

    return read_photos(*data_files(arguments), splits, languages)


def add_missing(parser: argparse.ArgumentParser, default: str = "0.01") -> None:
    """How many photos may be missing. None is left where it is not given: default says what that means."""
    parser.add_argument(
        "--missing",
        type=share,
        metavar="SHARE",
        help="of all photos of the data that may be missing, damaged or of another kind: they are listed and"
        f" left out (default: {default})",
    )


def share(text: str) -> float:
    """Read a number from 0 to 1.

    Args:
        text: As it was typed.

    Raises:
        argparse.ArgumentTypeError: It is something else.
    """
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return number


def add_local_files_only(parser: argparse.ArgumentParser) -> None:
    """CLIP and GPT-2 are looked for on this machine only. HF_HUB_OFFLINE says the same, for both."""
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}
    parser.add_argument(
        "--local-files-only", action="store_true", default=offline, help="download nothing (HF_HUB_OFFLINE=1)"
    )


def add_step(parser: argparse.ArgumentParser, *, data_required: bool = True) -> None:
    """Add what every step of a recipe takes.

    Args:
        parser: Of a command.
        data_required: Whether --data is.
    """
    add_data(parser, required=data_required)
    add_missing(parser)
    parser.add_argument("recipe", type=Path, help="a recipe of config/training/")
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for checkpoints, outside the repository"
    )


def add_labelled_sets(parser: argparse.ArgumentParser) -> None:
    """Add what every step takes that learns from the sets of a detector's recipe."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder with the sets that the recipe names"
    )
    parser.add_argument(
        "--detections",
        type=Path,
        metavar="FILE",
        help="what other detectors found in these photos: CSV (.gz) with the columns set, image, teacher,"
        " class, score, left, top, right, bottom",
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for checkpoints, outside the repository"
    )
