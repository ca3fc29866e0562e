"""Files that stay whole; tests/earsight/service/test_power.py cuts writers off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earsight.system.storage import service_folder, write_whole


def test_the_first_of_the_service_managers_folders_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/earsight:/var/lib/other")
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    assert service_folder("STATE") == Path("/var/lib/earsight")
    assert service_folder("CACHE") is None


def test_a_folder_is_made_and_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    for content in (b"old", b"new"):
        write_whole(tmp_path / "state" / "file", content)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["file"]
    assert (tmp_path / "state" / "file").read_bytes() == b"new"


def test_what_is_renamed_is_on_the_disk_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may write in any order what nobody waits for: an empty file under the new name, say."""
    path = tmp_path / "state"
    path.write_bytes(b"old")
    done: list[tuple[str, bytes]] = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        target = Path(f"/proc/self/fd/{handle}").readlink()
        done.append((target.name if target.is_file() else "folder", path.read_bytes()))
        if target.is_file():
            assert target.read_bytes() == b"new", "synced before it was written"
        fsync(handle)

    def replaced(source: Path, target: Path) -> Path:
        done.append(("renamed", path.read_bytes()))
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    write_whole(path, b"new")
    assert done == [("state.partial", b"old"), ("renamed", b"old"), ("folder", b"new")]
