"""The key of a server, in a file that others can't read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from earsight.errors import CaptionerError

_LARGEST = 4096
"""Bytes."""


def read_key(path: Path) -> str:
    """Read a key.

    Args:
        path: A file of one line. Its group may read it (a service's group, say), others may not.

    Raises:
        CaptionerError: It can't be read, others can, or it holds something else. The key is not in the text.
    """
    try:
        # Without blocking: a pipe would wait for a writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CaptionerError(f"{path}: is not a file; put the server's key into a file")
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise CaptionerError(
            f"{path}: the key can't be read: {error.strerror}; make Earsight's user its owner"
        ) from None
    if status.st_mode & (stat.S_IWGRP | stat.S_IRWXO):
        raise CaptionerError(f"{path}: others may read or change this key: chmod 600 {path}")
    try:
        key = content.decode("ascii").strip()
    except UnicodeDecodeError:
        key = ""
    if not key or len(content) > _LARGEST or not key.isprintable() or " " in key:
        raise CaptionerError(f"{path}: holds no key; expected one line of ASCII without spaces")
    return key
