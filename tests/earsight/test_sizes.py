"""No module and no function of the daemon grows beyond what can be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

import earsight

DAEMON = Path(earsight.__file__).parents[1]
MODULE_LINES, FUNCTION_LINES = 350, 40


def functions(source: str) -> dict[str, int]:
    """The lines of each function, with its docstring."""
    return {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_lines_of_a_function_are_counted() -> None:
    source = "class Camera:\n    async def look(self):\n        pass\n\ndef close():\n    pass"
    assert functions(source) == {"look": 2, "close": 2}


def test_no_module_is_too_long() -> None:
    lines = {
        str(path.relative_to(DAEMON)): len(path.read_text("utf-8").splitlines())
        for path in DAEMON.rglob("*.py")
    }
    assert {path: count for path, count in lines.items() if count > MODULE_LINES} == {}


def test_no_function_is_too_long() -> None:
    found = {
        f"{path.relative_to(DAEMON)}: {name}": count
        for path in DAEMON.rglob("*.py")
        for name, count in functions(path.read_text("utf-8")).items()
        if count > FUNCTION_LINES
    }
    assert found == {}
