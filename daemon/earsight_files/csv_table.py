"""CSV text to rows, strictly: no row and no column is lost without an error.

One line is one row. RFC 4180 lets a cell in quotes go on over several lines, here it may not: nothing tells
it from a quotation mark that was never closed, after which all that follows would be one cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

MAX_CELL = 100_000
"""Characters of a cell; no caption and no name is nearly as long."""

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_CELL = re.compile(r'[ \t]*"(?P<quoted>(?:[^"]|"")*)"[ \t]*(?=,|\Z)|(?P<plain>[^,]*)')


class CsvError(Exception):
    """What is wrong, and where.

    Attributes:
        line: Number of the line, from 1; None where it is the file as a whole.
        text: What is wrong with it.
    """

    def __init__(self, line: int | None, text: str) -> None:
        super().__init__(text if line is None else f"line {line}: {text}")
        self.line = line
        self.text = text


def read_rows(text: str, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table whose first line names its columns.

    Args:
        text: Of the file. Empty lines, and rows of empty cells, count for nothing.
        needed: Columns that must be there. Others may be.

    Yields:
        The number of the line, from 1, and its cells by their columns' names. What is not in quotes comes
        without the spaces around it.

    Raises:
        CsvError: for a column that is missing or there twice, a row with more or fewer cells than there are
            columns, and a quotation mark that is not closed on its line.
    """
    columns: list[str] | None = None
    for number, line in enumerate(_LINE_BREAK.split(text), 1):
        cells = read_cells(line, number)
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = [name.strip() for name in cells]
            _check_columns(columns, needed, number)
            continue
        if len(cells) != len(columns):
            raise CsvError(
                number,
                f"{len(cells)} columns, but {len(columns)} names in the first line; a text with commas stands"
                ' in "quotes"',
            )
        yield number, dict(zip(columns, cells, strict=True))
    if columns is None:
        _check_columns([], needed, 1)


def _check_columns(columns: Sequence[str], needed: Sequence[str], line: int) -> None:
    missing = [name for name in needed if name not in columns]
    if missing:
        there = f"there are: {', '.join(columns)}" if any(columns) else "there is none"
        raise CsvError(
            None,
            f"no column {', '.join(missing)}: the first line of a CSV file names its columns, with commas"
            f" between; {there[:200]}",
        )
    twice = [name for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        raise CsvError(line, f"more than one column is called {', '.join(twice)}")


def read_cells(line: str, number: int) -> list[str]:
    """The cells of one line. number: of the line, for the error. Raises CsvError."""
    cells, at = [], 0
    while True:
        found = _CELL.match(line, at)
        assert found, "a plain cell may be empty"
        quoted, plain = found["quoted"], found["plain"]
        if plain is not None and plain.lstrip(" \t").startswith('"'):
            raise CsvError(number, _complaint(line, at))
        cell = plain.strip(" \t") if quoted is None else quoted.replace('""', '"')
        if len(cell) > MAX_CELL:
            raise CsvError(number, f"a cell of {len(cell)} characters; at most {MAX_CELL} may be")
        cells.append(cell)
        at = found.end()
        if at == len(line):
            return cells
        at += 1


def _complaint(line: str, at: int) -> str:
    """About a cell that begins with a quotation mark, at a place in a line."""
    begin = line[at:].lstrip(" \t")
    if re.match(r'"(?:[^"]|"")*"(?!")', begin):
        return (
            f"text after the quotation mark that ends a cell, in {begin[:40]!r}: a quotation mark within a"
            " cell in quotes is written twice"
        )
    return (
        f"the quotation mark that begins the cell {begin[:40]!r} is not closed on this line; a cell can't go"
        " on over several lines"
    )
