"""Imports of the training code go down through its layers, in no circle, and never into the daemon."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "earsight_training"
ROOT = Path(__file__).parents[2] / "training" / PACKAGE
LAYERS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("learning", "bundles"),
    ("confidence",),
    ("scoring",),
    ("published",),
    ("trained_captioner", "trained_detector", "trained_place_head"),
    ("model_factory",),
    ("data",),
    ("networks",),
    ("detector_recipe",),
    ("recipe", "checkpoints"),
    ("recipe_file",),
    ("strict_model",),
    ("recipe_problems",),
    ("atomic", "preconditions", "library_paths", "weights_files"),
    ("errors",),
)
"""Top-level modules and folders, highest first. Those of one layer don't import each other."""

HEIGHT = {name: -depth for depth, layer in enumerate(LAYERS) for name in layer}


def modules():
    """Every module's dotted name, below the package, and its file."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imported(path):
    """Dotted names of all that a file imports, in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(path):
    """Those of the package, below it."""
    names = {name.removeprefix(f"{PACKAGE}.") for name in imported(path) if name.startswith(f"{PACKAGE}.")}
    return names & MODULES.keys()


def top(module):
    return module.split(".")[0]


def test_every_module_has_a_layer():
    assert {top(module) for module in MODULES if module} == HEIGHT.keys()


@pytest.mark.parametrize("module", [module for module in MODULES if module])
def test_imports_go_down(module):
    for other in imported_modules(MODULES[module]):
        assert top(other) == top(module) or HEIGHT[top(other)] < HEIGHT[top(module)], other


def test_there_are_no_circles():
    # A package's own __init__ imports nothing, so that a module does not depend on it.
    arrows = {module: imported_modules(path) - {module} for module, path in MODULES.items()}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_daemon_is_not_imported():
    for path in MODULES.values():
        assert not {name for name in imported(path) if top(name) == "earsight"}, path
