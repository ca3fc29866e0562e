"""Types of arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path


def file_path(text: str) -> Path:
    """A path as it was typed.

    An empty one, as an unset variable of a shell script leaves it, would otherwise mean the current folder.

    Raises:
        argparse.ArgumentTypeError: It is empty.
    """
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)
