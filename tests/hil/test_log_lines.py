"""Without a device: every log line that a scenario waits for is one that the daemon still writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

OF_SYSTEMD = {"[Ww]atchdog timeout", "Starting|Scheduled restart", "oom-kill|OOM killer"}


def awaited(source: str) -> Iterator[str]:
    """The patterns that a scenario gives to Service.wait_for() as they are."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            pattern = node.args[0]
            if node.func.attr == "wait_for" and isinstance(pattern, ast.Constant):
                assert isinstance(pattern.value, str)
                yield pattern.value


def texts(source: str) -> Iterator[str]:
    """The texts in a module; docstrings, which nobody writes to a log, left out."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_texts_are_found() -> None:
    source = """def play():
    'Play.'
    service.wait_for("^gone", 3)
    log(f"{name!r} is gone: {why}")
"""
    assert list(awaited(source)) == ["^gone"]
    assert set(texts(source)) >= {"^gone", " is gone: "}
    assert "Play." not in set(texts(source))


AWAITED = sorted({text for path in ROOT.glob("tests/hil/*.py") for text in awaited(path.read_text("utf-8"))})


@pytest.mark.parametrize("pattern", [one for one in AWAITED if one not in OF_SYSTEMD])
def test_the_daemon_writes_what_a_scenario_waits_for(pattern: str) -> None:
    modules = [path.read_text("utf-8") for path in ROOT.glob("daemon/earsight/**/*.py")]
    assert any(re.search(pattern, text) for module in modules for text in texts(module))
