from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.box import Box, opened, why_not


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    if reason := why_not():
        pytest.skip(reason)
    try:
        with opened(tmp_path) as box:
            yield box
    except OSError as error:
        pytest.skip(f"no file system of our own can be had here: {error}")


@pytest.fixture
def installed(box: Box) -> Box:
    done = box.install("--board", "raspberry-pi")
    assert done.returncode == 0, done.stderr
    return box
