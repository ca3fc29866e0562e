"""Files that Earsight writes for itself: where, and whole at any moment, even after a power cut."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal


def service_folder(kind: Literal["STATE", "RUNTIME", "CACHE"]) -> Path | None:
    """Where the service manager lets this service keep what it learns, what ends with it, or what may be
    lost; None without one. It names one folder, or several."""
    folder = os.environ.get(f"{kind}_DIRECTORY", "").split(":")[0]
    return Path(folder) if folder else None


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file: after a power cut it has the old content or the new. Raises OSError.

    Not for two writers of one path at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")  # one name: what a cut leaves is overwritten next time
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
