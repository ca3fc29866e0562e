"""What the commands that take photos share: one after the other, a line or a JSON object each, and errors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from earsight.commands.arguments import add_language, file_path
from earsight.errors import EarsightError


@dataclass(frozen=True, slots=True)
class Told:
    """What is printed of a photo.

    Attributes:
        said: Exactly what a wearer would hear.
        row: Its JSON object, without `image` and `said`.
    """

    said: str
    row: Mapping[str, object]


def add_photos(parser: argparse.ArgumentParser, *, without: str | None = None) -> None:
    """Add the photos, --language and --json.

    Args:
        parser: Of a command.
        without: What happens where none is named, for the help; None: one has to be.
    """
    photos = parser.add_argument("photos", nargs="+", type=file_path, metavar="PHOTO")
    if without is not None:
        # Not nargs="*": that would be taken for complete where an option stands before the first photo.
        photos.required, photos.default = False, []
        photos.help = f"photo files; without any, {without}"
    add_language(parser, "en")
    parser.add_argument("--json", action="store_true", help="print one JSON object per photo")


def tell_each(
    photos: Sequence[Path], told: Callable[[Path], Told], *, as_json: bool
) -> tuple[list[str], int]:
    """Print what is told of each photo, in turn.

    One that can't be told of has its line on standard error, or an object with `image` and `error`.

    Args:
        photos: Their files.
        told: Is given each; an EarsightError that it raises is that photo's.
        as_json: Whether to print JSON objects.

    Returns:
        What was said of each photo that could be told of, and the exit status: 0, or 1 if some could not.
    """
    said: list[str] = []
    for photo in _progress(photos):
        try:
            found = told(photo)
        except EarsightError as error:
            if as_json:
                print(json.dumps({"image": str(photo), "error": str(error)}), flush=True)
            else:
                print(f"earsight: {error}", file=sys.stderr)
            continue
        said.append(found.said)
        if as_json:
            print(json.dumps({"image": str(photo), "said": found.said} | dict(found.row)), flush=True)
        else:
            print(f"{photo}: {found.said}", flush=True)
    return said, int(len(said) < len(photos))


def _progress(photos: Sequence[Path]) -> Iterator[Path]:
    """A bar only where it is seen and does not mix with what is told."""
    hidden = len(photos) < 2 or _is_terminal(sys.stdout) or not _is_terminal(sys.stderr)
    yield from tqdm(photos, unit="photo", disable=hidden)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()
