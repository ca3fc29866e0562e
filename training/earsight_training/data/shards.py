"""The embeddings that an unfinished run has done: safetensors files in a folder beside the output.

Each holds the embeddings of some photos, and for each photo its name and the size and time of its file. A
photo whose file is still the same need not be embedded again, whatever else has changed in the data.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from earsight_training.data.embeddings import EmbeddingError, EncoderIdentity, load_tensors, save_tensors

SHARD_SECONDS = 20.0  # of work that an interrupt can cost


@dataclass(frozen=True)
class FileState:
    """Tells a file from what has taken its place since."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """Raises OSError where there is no file."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


class Shards:
    """What is done, and what is added to it. Not for two processes at once."""

    def __init__(self, folder: Path, encoder: EncoderIdentity) -> None:
        """Shards of another encoder are deleted from folder, with a note on standard error."""
        self.encoder = encoder
        self._folder = folder
        self._rows: dict[str, tuple[FileState, np.ndarray]] = {}
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
            rows = zip(about["names"], states, tensors["embeddings"], strict=True)
            self._rows |= {name: (state, row) for name, state, row in rows}
            self._next = int(path.stem) + 1
        except (EmbeddingError, KeyError, TypeError, ValueError):
            return False
        return True

    def __getitem__(self, name: str) -> np.ndarray:
        """float32 (width,)"""
        return self._rows[name][1]

    def has(self, name: str, path: Path) -> bool:
        """Whether the photo is done, and its file unchanged since."""
        try:
            return name in self._rows and self._rows[name][0] == FileState.of(path)
        except OSError:
            return False

    def add(self, names: Sequence[str], files: Sequence[FileState], embeddings: np.ndarray) -> None:
        """embeddings: float32 (names, width). They are on the disk at most SHARD_SECONDS later."""
        self._rows |= dict(zip(names, zip(files, embeddings, strict=True), strict=True))
        self._unwritten += names
        if time.monotonic() - self._written >= SHARD_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is not on the disk yet."""
        if self._unwritten:
            states, rows = zip(*(self._rows[name] for name in self._unwritten), strict=True)
            about = {
                "encoder": asdict(self.encoder),
                "names": self._unwritten,
                "files": [(state.size, state.modified_ns) for state in states],
            }
            save_tensors(self._folder / f"{self._next:06}.safetensors", {"embeddings": np.stack(rows)}, about)
            self._next, self._unwritten = self._next + 1, []
        self._written = time.monotonic()

    def delete(self) -> None:
        shutil.rmtree(self._folder)
