"""Captions that are kept until they have been scored: a failure in between costs none of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from earsight_bundle.files import MANIFEST


class KeptCaptions:
    """What `earsight describe` said of photos, in a file of the user's cache, one line a photo.

    The file is of one bundle, by its manifest, or of one file of settings, and of one version of Earsight. A
    photo's line holds as long as its file is the same. A file that can't be written keeps nothing, which
    loses time at most.
    """

    def __init__(self, model: Path, language: str | None = None) -> None:
        """Read what is kept of a captioner's captions.

        Args:
            model: Folder of the bundle, or a file of settings.
            language: Code of that of the captions; None: the first one.

        Raises:
            OSError: It has no manifest.
        """
        identity = hashlib.sha256(
            (model if model.is_file() else model / MANIFEST).read_bytes()
            + f"{_version()}{language or ''}".encode()
        ).hexdigest()
        cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        self.path = Path(cache).expanduser() / "earsight-train" / f"captions-{identity[:16]}.jsonl"
        self._rows: dict[str, tuple[list[int], Mapping[str, Any]]] = {}
        self._read()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, photo: Path) -> Mapping[str, Any] | None:
        """What was said of a photo, as `earsight describe --json` printed it; None where nothing is kept."""
        state, row = self._rows.get(_name(photo), (None, None))
        return row if state is not None and state == _state(photo) else None

    def add(self, photo: Path, row: Mapping[str, Any]) -> None:
        """Keep what was said of a photo."""
        state = _state(photo)
        if state is None:
            return
        self._rows[_name(photo)] = state, row
        line = json.dumps({"photo": _name(photo), "state": state, "row": row})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError:
            return

    def delete(self) -> None:
        """Once they have been scored."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return
        for line in lines:
            try:
                kept = json.loads(line)
                self._rows[kept["photo"]] = kept["state"], kept["row"]
            except (ValueError, KeyError, TypeError):
                continue  # the last line of a process that was killed


def _name(photo: Path) -> str:
    return os.path.abspath(photo)  # noqa: PTH100 - a name, not a file: links stay as they are


def _state(photo: Path) -> list[int] | None:
    """Tells a file from what has taken its place since; None where there is none."""
    try:
        status = photo.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _version() -> str:
    try:
        return version("earsight")
    except PackageNotFoundError:
        return ""
