"""The entries of the catalogues as files, and the calls in the source that name them."""

from __future__ import annotations

import ast
import string
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

import earsight
from earsight.language.catalogue import FOLDER

SOURCE = Path(earsight.__file__).parent
FUNCTIONS = ("message", "counted")
CODES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def po_file(code: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / "earsight.po"


def texts(code: str) -> dict[str, tuple[str, ...]]:
    """Every entry's texts by its id: one, or one for each plural form."""
    with po_file(code).open("rb") as file:
        entries = [entry for entry in read_po(file, locale=code) if entry.id]
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: (entry.string,)
        if isinstance(entry.string, str)
        else tuple(entry.string)
        for entry in entries
    }


def placeholders(text: str) -> set[str]:
    """The names in braces. Raises ValueError for what only suits one language's numbers, such as {x:.1f}."""
    names = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if spec or conversion or not name.isidentifier():
                raise ValueError(f"{{{name}}} in {text!r} is not a plain name")
            names.add(name)
    return names


@dataclass(frozen=True)
class Call:
    """A call of message() or counted().

    Attributes:
        where: File and line.
        function: "message" or "counted".
        id: None if it is not written out.
        values: The names of the values; None if they are not written out.
    """

    where: str
    function: str
    id: str | None
    values: frozenset[str] | None


def calls(folder: Path = SOURCE) -> list[Call]:
    """All calls in the source, those in f-strings too, which Babel does not see."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
                found.append(_call(node, node.func.id, f"{path.relative_to(folder)}:{node.lineno}"))
    return found


def _call(node: ast.Call, function: str, where: str) -> Call:
    first = node.args[0] if node.args else None
    written = isinstance(first, ast.Constant) and isinstance(first.value, str)
    names = [keyword.arg for keyword in node.keywords]
    values = None if None in names else frozenset(name for name in names if name)
    if values is not None and function == "counted":
        values |= {"count"}
    return Call(where, function, first.value if written else None, values)  # type: ignore[union-attr]
