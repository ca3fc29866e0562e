"""Who imports whom: a folder of the daemon imports only folders below it, and no module imports itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import earsight

PACKAGE = Path(earsight.__file__).parent

LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"commands"},
    {"doctor", "bench"},
    {"service"},
    {"interaction"},
    {"listening"},
    {"vision", "voice", "triggers"},
    {"captioners", "detectors", "readers", "cameras"},
    {"inference"},
    {"bundles", "config"},
    {"language"},
    {"system"},
    {"errors", "scene", "actions"},
    {"message"},
    {""},
]
"""From the top down: folders, and the package's own modules; "" is the package, which holds its version."""

LAZY = "import_module"


def imports(source: str) -> dict[str, int]:
    """Every module that is imported anywhere, also inside functions, with its first line.

    Of `from package import name` both package and package.name: which of them is a module is seen later.
    """
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == LAZY:
            names = [text.value for text in node.args if isinstance(text, ast.Constant)]
        for name in names:
            found.setdefault(name, node.lineno)
    return found


def modules() -> dict[str, Path]:
    """All modules of the daemon by their dotted names."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = ("earsight", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
EDGES = {
    name: {target: line for target, line in imports(path.read_text("utf-8")).items() if target in MODULES}
    for name, path in MODULES.items()
}
"""Module: the modules of the daemon that it imports, with their lines."""


def room(module: str) -> str:
    """The folder of a module; its own name at the top."""
    return [*module.split("."), ""][1]


def layer(module: str) -> int:
    (found,) = (number for number, rooms in enumerate(LAYERS) if room(module) in rooms)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import earsight.cameras.camera",
        "from earsight.cameras.camera import Camera",
        "from earsight.cameras import camera",
        "def look():\n    from earsight.cameras.camera import Camera",
        "importlib.import_module('earsight.cameras.camera')",
    ],
)
def test_every_kind_of_import_is_found(source: str) -> None:
    assert "earsight.cameras.camera" in imports(source)


def test_every_folder_has_its_layer() -> None:
    assert {room(name) for name in MODULES} == set().union(*LAYERS)


@pytest.mark.parametrize("folder", sorted(set().union(*LAYERS)))
def test_a_folder_imports_only_what_is_below_it(folder: str) -> None:
    wrong = [
        f"{MODULES[name].relative_to(PACKAGE)}:{line} imports {target}"
        for name, targets in EDGES.items()
        if room(name) == folder
        for target, line in targets.items()
        if room(target) != folder and layer(target) <= layer(name)
    ]
    assert wrong == []


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle; empty when there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        for target in sorted(edges[name]):
            if found := walk(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(edges) if (found := walk(name, []))), [])


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_import_each_other() -> None:
    # `from package import module` imports the package, too, which then need not import the module back.
    assert circle({name: set(targets) - {name} for name, targets in EDGES.items()}) == []


@pytest.mark.parametrize(("package", "other"), [("earsight", "training"), ("earsight_training", "daemon")])
def test_daemon_and_training_do_not_know_each_other(package: str, other: str) -> None:
    """A bundle's folder is all that they share."""
    sources = (PACKAGE.parents[1] / other).rglob("*.py")
    wrong = [
        str(path)
        for path in sources
        if any(target.split(".")[0] == package for target in imports(path.read_text("utf-8")))
    ]
    assert wrong == []
