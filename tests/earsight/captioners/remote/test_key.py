"""The file with a server's key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earsight.captioners.remote.key import read_key
from earsight.errors import CaptionerError


def key_file(folder: Path, content: bytes = b"sk-123\n", mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_key_that_only_its_owner_and_group_can_read(tmp_path: Path, mode: int) -> None:
    assert read_key(key_file(tmp_path, mode=mode)) == "sk-123"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o660, 0o601])
def test_one_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(CaptionerError, match=r"chmod 600") as refused:
        read_key(key_file(tmp_path, mode=mode))
    assert "sk-123" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"two words", b"a\nb", b"\xff", b"caf\xc3\xa9", b"k" * 5000, b"a\0b"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CaptionerError, match=r"holds no key|can't be read"):
        read_key(key_file(tmp_path, content))


def test_a_pipe_or_nothing_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("pipe", "none", "."):
        with pytest.raises(CaptionerError):
            read_key(tmp_path / name)
