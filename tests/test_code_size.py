"""No module and no function grows beyond what can be read at once, in any folder of code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("daemon", "training", "benchmarks")
MODULE_LINES = 350
FUNCTION_LINES = 40
"""From `def` to the last line, with the docstring."""


def modules(folder):
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder}: no modules"
    return found


def functions(source):
    """The lines of each function, by its name and first line."""
    return {
        f"{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_lines_of_a_function_are_counted():
    source = "class Camera:\n    async def look(self):\n        pass\n\ndef close():\n    pass"
    assert functions(source) == {"2 look": 2, "5 close": 2}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_module_is_too_long(folder):
    lengths = {str(path.relative_to(ROOT)): len(path.read_bytes().splitlines()) for path in modules(folder)}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_is_too_long(folder):
    found = {
        f"{path.relative_to(ROOT)}:{name}": lines
        for path in modules(folder)
        for name, lines in functions(path.read_bytes()).items()
        if lines > FUNCTION_LINES
    }
    assert found == {}
