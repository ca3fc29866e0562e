"""Files that Earsight writes for itself: whole at any moment, also after a power cut in mid-write."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path | None:
    """Where the service manager lets this service keep what it learns; None without one."""
    folder = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
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
