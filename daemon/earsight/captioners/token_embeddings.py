"""The token embeddings that the decoder reads, one row at a time from the file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from earsight.bundles.bundle import BundleError


class TokenEmbeddings:
    """A table of a .npy file, float (vocabulary, width), that stays on disk.

    A caption needs a few dozen rows of what is 80 MB for GPT-2. They are read rather than mapped, since the
    system would count everything near a mapped row as this process's memory, too.

    Attributes:
        width: Numbers of a row.
    """

    def __init__(self, path: Path) -> None:
        """Open the table.

        Raises:
            BundleError: The file is no such table.
        """
        self._path = path
        try:
            self._file = path.open("rb")
            try:
                self._read_header()
            except BaseException:
                self._file.close()
                raise
        except Exception as error:  # numpy raises whatever a broken header leads to
            raise BundleError(
                f"{path}: not a table of token vectors ({error}); export the bundle again"
            ) from error

    def _read_header(self) -> None:
        version = np.lib.format.read_magic(self._file)
        if version != (1, 0):
            raise ValueError(f"version {version}")
        (self._count, self.width), by_columns, self._dtype = np.lib.format.read_array_header_1_0(self._file)
        if by_columns or self._dtype.kind != "f" or self._count < 1 or self.width < 1:
            raise ValueError("not rows of numbers")
        self._start, self._row = self._file.tell(), self.width * self._dtype.itemsize
        if self._path.stat().st_size < self._end:
            raise ValueError("not all rows are there")

    @property
    def _end(self) -> int:
        return self._start + self._count * self._row

    @property
    def count(self) -> int:
        """Tokens of the vocabulary."""
        return self._count

    def lookup(self, tokens: np.ndarray) -> np.ndarray:
        """Read the embeddings of tokens.

        Args:
            tokens: int64 (n,).

        Returns:
            (n, width), in the file's float type.

        Raises:
            BundleError: There is no such token, or the file can't be read any more.
        """
        if (strange := tokens[(tokens < 0) | (tokens >= self._count)]).size:
            raise BundleError(
                f"{self._path}: not of this decoder (token {strange[0]}); export the bundle again"
            )
        try:
            rows = [
                os.pread(self._file.fileno(), self._row, self._start + int(t) * self._row) for t in tokens
            ]
        except OSError as error:
            raise BundleError(f"{self._path}: {error.strerror}; copy the bundle again") from error
        if len(read := b"".join(rows)) < len(tokens) * self._row:
            raise BundleError(f"{self._path}: was truncated while it was in use; copy the bundle again")
        return np.frombuffer(read, self._dtype).reshape(len(tokens), self.width)
