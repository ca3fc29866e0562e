"""The vectors of the tokens, which the decoder reads: a row at a time from the file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from earsight.captioners.bundle import BundleError


class TokenVectors:
    """A table of a .npy file, float (vocabulary, width), that stays on disk.

    A caption needs a few dozen rows of what is 80 MB for GPT-2. They are read rather than mapped, since the
    system would count whatever lies around a mapped row as this process' memory, too.
    """

    def __init__(self, path: Path) -> None:
        """Raises BundleError for a file that is no such table."""
        self._path = path
        try:
            self._file = path.open("rb")
            version = np.lib.format.read_magic(self._file)
            if version != (1, 0):
                raise ValueError(f"version {version}")
            (self._count, width), by_columns, self._dtype = np.lib.format.read_array_header_1_0(self._file)
            self._start, self._row = self._file.tell(), width * self._dtype.itemsize
            if by_columns or self._dtype.kind != "f" or path.stat().st_size < self._end:
                raise ValueError("not rows of numbers, or not all of them")
        except (OSError, ValueError) as error:
            raise BundleError(
                f"{path}: not a table of token vectors ({error}); export the bundle anew"
            ) from error

    @property
    def _end(self) -> int:
        return self._start + self._count * self._row

    def of(self, tokens: np.ndarray) -> np.ndarray:
        """tokens: int64 (n,). Returns (n, width), in the file's float type. Raises BundleError."""
        if len(tokens) and not 0 <= tokens.min() <= tokens.max() < self._count:
            raise BundleError(
                f"{self._path}: not of this decoder (token {tokens.max()}); export the bundle anew"
            )
        try:
            rows = [
                os.pread(self._file.fileno(), self._row, self._start + int(t) * self._row) for t in tokens
            ]
        except OSError as error:
            raise BundleError(f"{self._path}: {error.strerror}; copy the bundle again") from error
        return np.frombuffer(b"".join(rows), self._dtype).reshape(len(tokens), -1)
