"""Files that Earsight writes for itself: where they are, and how they stay whole through a power cut."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal


def service_folder(kind: Literal["STATE", "RUNTIME", "CACHE"]) -> Path | None:
    """The folder that the service manager gives this service; None without a service manager.

    Args:
        kind: STATE for what has to last, RUNTIME for what ends with the service, CACHE for what may be lost.
    """
    # It names one folder, or several.
    folder = os.environ.get(f"{kind}_DIRECTORY", "").split(":")[0]
    return Path(folder) if folder else None


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file: after a power cut it has the old content or the new.

    Not for two writers of one path at once.

    Raises:
        OSError: It can't be written. The old content stays.
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
