"""script/bench: what there is to measure, and that each of it is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_help_lists_benchmarks_that_exist():
    said = subprocess.run(
        [ROOT / "script" / "bench", "--help"], capture_output=True, text=True, check=True
    ).stdout
    named = re.findall(r"^ {4}script/bench ([a-z][a-z-]*)", said, re.MULTILINE)
    assert "full-size" in named
    script = (ROOT / "script" / "bench").read_text(encoding="utf-8")
    modules = dict(re.findall(r"^(\w+)\) .*\bname=(\w+)", script, re.MULTILINE))
    for name in [*named, "report"]:
        path = ROOT / "benchmarks" / modules.get(name, name.replace("-", "_"))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), name
