"""The contract stands by itself: it imports neither half, and no half imports the other."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = {"earsight_bundle", "numpy", "pydantic", *sys.stdlib_module_names}


def imported(path):
    """Top-level names of all that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_the_contract_needs_numpy_and_pydantic_only():
    files = list((ROOT / "daemon/earsight_bundle").glob("*.py"))
    assert files
    for path in files:
        assert set(imported(path)) <= ALLOWED, path


def test_the_daemon_does_not_import_training():
    files = list((ROOT / "daemon/earsight").rglob("*.py"))
    assert files
    for path in files:
        assert "earsight_training" not in set(imported(path)), path
