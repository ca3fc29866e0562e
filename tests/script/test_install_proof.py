"""The Python in script/install that tries a new version: what tests/install tries has no Python."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("bundle", "status"), [("builtin", 0), ("./none", 1)])
def test_a_version_is_proven_by_describing_a_picture(tmp_path: Path, bundle: str, status: int) -> None:
    script = (ROOT / "script/install").read_text(encoding="utf-8")
    (code,) = re.findall(r"(?s)python\" -P -c '\n(import sys\n.*?)' \"\$settings\"", script)
    settings = tmp_path / "earsight.yaml"
    settings.write_text(f"captioner: {{bundle: {bundle}}}\n")
    done = subprocess.run(
        [sys.executable, "-c", code, settings],
        capture_output=True,
        text=True,
        cwd=ROOT / "daemon",
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
