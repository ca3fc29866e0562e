"""Types of arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from earsight.config.schema import LanguageCode


def file_path(text: str) -> Path:
    """A path as it was typed.

    An empty one, as an unset variable of a shell script leaves it, would otherwise mean the current folder,
    and "-", which stands for a stream elsewhere, a file of that name.

    Raises:
        argparse.ArgumentTypeError: It is one of these.
    """
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    if text == "-":
        raise argparse.ArgumentTypeError("a file is needed, not a stream; ./- is a file of that name")
    return Path(text)


def add_language(parser: argparse.ArgumentParser, default: str) -> None:
    """Add --language.

    Args:
        parser: Of a command that speaks.
        default: What goes without it, for the help.
    """
    parser.add_argument(
        "--language",
        choices=get_args(LanguageCode),
        help=f"language of everything that is said, and of the voice (default: {default})",
    )
