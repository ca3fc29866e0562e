"""Names of files for libraries in C++ and Rust: they take UTF-8, and file names need not be that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def library_path(path: Path) -> Iterator[str]:
    """Yield a name of a file or folder that any library can open; it need not be its own.

    Args:
        path: A file or folder that is there.

    Raises:
        OSError: It is not there, or can't be opened.
    """
    if os.fsencode(path).isascii():
        yield str(path)
        return
    # By its number the kernel opens it again, whatever bytes its name is made of.
    descriptor = os.open(path, os.O_PATH)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
