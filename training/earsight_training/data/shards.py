"""The embeddings that an unfinished run has done: safetensors files in a folder beside the output.

Each holds the embeddings and fingerprints of some photos, and for each photo its name and the size and time
of its file. A photo whose file is still the same need not be embedded again, whatever else has changed in
the data.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.embeddings import EmbeddingError, EncoderIdentity, load_tensors, save_tensors

SHARD_SECONDS = 20.0  # of work that an interrupt can cost


@dataclass(frozen=True)
class FileState:
    """What tells a file from one that has taken its place since.

    Attributes:
        size: In bytes.
        modified_ns: When it was changed, in nanoseconds.
    """

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """Read the state of a file.

        Args:
            path: The file.

        Raises:
            OSError: There is no file.
        """
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class ShardRow:
    """What is done of a photo.

    Attributes:
        file: The file that it was done of.
        embedding: float32 (width,)
        fingerprint: uint8 (fingerprints.LENGTH,)
    """

    file: FileState
    embedding: np.ndarray
    fingerprint: np.ndarray


class Shards:
    """What is done, and what is added to it. Not for two processes at once."""

    def __init__(self, folder: Path, encoder: EncoderIdentity) -> None:
        """Shards of another encoder are deleted from folder, with a note on standard error."""
        self.encoder = encoder
        self._folder = folder
        self._rows: dict[str, ShardRow] = {}
        self._unwritten: list[str] = []
        self._written = time.monotonic()
        self._next = 0
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.safetensors")):
            if not self._take_up(path):
                print(f"{path}: damaged, or of another encoder: deleted", file=sys.stderr)
                path.unlink()

    def _take_up(self, path: Path) -> bool:
        try:
            tensors, about = load_tensors(path)
            if not EncoderIdentity(**about["encoder"]).same_network(self.encoder):
                return False
            states = [FileState(size, modified) for size, modified in about["files"]]
            rows = map(ShardRow, states, tensors["embeddings"], tensors["fingerprints"])
            self._rows |= dict(zip(about["names"], rows, strict=True))
            self._next = int(path.stem) + 1
        except (EmbeddingError, KeyError, TypeError, ValueError):
            return False
        return True

    def __getitem__(self, name: str) -> ShardRow:
        """Return what is known of a photo.

        Args:
            name: Of the photo.

        Raises:
            KeyError: It is not done.
        """
        return self._rows[name]

    def has(self, name: str, path: Path) -> bool:
        """Tell whether a photo is done, and its file unchanged since."""
        try:
            return name in self._rows and self._rows[name].file == FileState.of(path)
        except OSError:
            return False

    def add(self, rows: Mapping[str, ShardRow]) -> None:
        """By the names of the photos. They are on the disk at most SHARD_SECONDS later."""
        self._rows |= rows
        self._unwritten += rows
        if time.monotonic() - self._written >= SHARD_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not on the disk yet."""
        if self._unwritten:
            rows = [self._rows[name] for name in self._unwritten]
            about = {
                "encoder": asdict(self.encoder),
                "names": self._unwritten,
                "files": [(row.file.size, row.file.modified_ns) for row in rows],
            }
            tensors = {
                "embeddings": np.stack([row.embedding for row in rows]),
                "fingerprints": np.stack([row.fingerprint for row in rows]),
            }
            save_tensors(self._folder / f"{self._next:06}.safetensors", tensors, about)
            self._next, self._unwritten = self._next + 1, []
        self._written = time.monotonic()

    def delete(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder)
