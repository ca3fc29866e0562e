"""What a step needs on the disk, looked for before it begins: later, its work would be lost."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from earsight_training.errors import TrainingError

_SPARE = 64 * 2**20
"""Bytes that are left free, for whatever else is written meanwhile."""


class PreconditionError(TrainingError):
    """Something that a step will need is not there; it has not begun."""


def require_room(path: Path, needed: int, what: str) -> None:
    """Check that a file system has the room that will be needed.

    Args:
        path: What will be written, or a folder that it will be in; it need not be there yet.
        needed: Bytes, estimated, that will be added to what is there.
        what: For the message: "the checkpoints".

    Raises:
        PreconditionError: It has less.
    """
    free = shutil.disk_usage(_existing(path)).free
    if free < needed + _SPARE:
        raise PreconditionError(
            f"{path}: {what} will take about {_size(needed)} there, and {_size(free)} are free; make room"
            " first"
        )


def require_writable(path: Path, *, parents: bool = False) -> None:
    """Check that a file can be made.

    Args:
        path: The file.
        parents: Whether folders that are missing will be made too.

    Raises:
        PreconditionError: It can't.
    """
    if path.is_dir():
        raise PreconditionError(f"{path}: is a folder; name a file")
    folder = path.parent
    if not parents and not folder.is_dir():
        raise PreconditionError(f"{path}: there is no folder {folder}")
    _try_to_write(_existing(folder), path)


def require_folder(folder: Path) -> None:
    """Make a folder to write files in.

    Args:
        folder: With its parents.

    Raises:
        PreconditionError: It can't be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise PreconditionError(f"{folder}: is a file; name a folder") from error
    except OSError as error:
        raise PreconditionError(f"{folder}: can't be made: {error.strerror}") from error
    _try_to_write(folder, folder)


def _try_to_write(folder: Path, path: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        reason = "no room" if error.errno == errno.ENOSPC else error.strerror
        raise PreconditionError(f"{path}: can't be written: {reason}") from error


def _existing(path: Path) -> Path:
    """The nearest folder, upwards, that is there."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links that are not there yet
    while not path.is_dir():
        path = path.parent
    return path


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"
