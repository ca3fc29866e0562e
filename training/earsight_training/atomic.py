"""Files and folders that are whole at any time: written beside the old one, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write to, which takes path's place at the end.

    After a power cut there is the old file or the new one. After an error the old file is in place, and the
    room that the new one took is free.

    Args:
        path: Its folder is made where there is none.

    Raises:
        OSError: It can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def replace_file(path: Path, content: bytes) -> None:
    """Write a file as replacing() does.

    Args:
        path: Its folder is made where there is none.
        content: All of it.

    Raises:
        OSError: It can't be written.
    """
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write to, which takes the folder's place at the end.

    After an error the old folder is in place, and nothing is left of the new one.

    Args:
        folder: Absolute.

    Raises:
        OSError: It can't be written.
    """
    unfinished, old = folder.with_name(f"{folder.name}.partial"), folder.with_name(f"{folder.name}.old")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        unfinished.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
