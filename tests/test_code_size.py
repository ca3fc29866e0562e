"""Modules of one idea, functions that fit on a screen: the limits that every folder of code keeps."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("daemon", "training", "benchmarks")
MODULE_LINES = 350
FUNCTION_LINES = 40
"""From `def` to the last line."""


def modules(folder):
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder}: no modules"
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_modules_are_short(folder):
    lengths = {path.relative_to(ROOT): len(path.read_bytes().splitlines()) for path in modules(folder)}
    assert not {str(path): lines for path, lines in lengths.items() if lines > MODULE_LINES}


@pytest.mark.parametrize("folder", FOLDERS)
def test_functions_are_short(folder):
    long = {}
    for path in modules(folder):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert not long
