"""From pieces of text to lines and blocks in reading order: pure geometry.

All of it happens in coordinates in which the text is level, so that slanted lines don't run into each other.
Heights of letters are the unit of every distance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from earsight.readers.page import Piece

_T = TypeVar("_T")

_SAME_ROW = 0.55
"""Share of the lower one's height by which pieces of a line overlap."""
_SAME_HEIGHT = 1.7
"""Ratio of heights up to which letters are of one size."""
_WORD_GAP = 1.0
_LINE_GAP = 1.0
_OVERLAP = 0.3
"""Share of the narrower one's width by which lines of a block overlap."""
_GUTTER = 0.5
_PRICE = re.compile(r"(?=.*\d).{1,14}")
_CELL_LENGTH = 14
"""Letters of a word in a table, at most."""
_PRICE_WIDTH = 9.0
"""Heights that a price is wide, at most."""
_SENTENCE_ENDS = (".", "!", "?", ":")


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces that are one line, from left to right.

    Attributes:
        pieces: At least one.
        left, top, right, bottom: Of the letters, in pixels of the level picture.
        block: Number of its block, from 0 in reading order.
    """

    pieces: tuple[Piece, ...]
    left: float
    top: float
    right: float
    bottom: float
    block: int = 0

    @property
    def text(self) -> str:
        return " ".join(piece.recognised.text.strip() for piece in self.pieces)

    @property
    def height(self) -> float:
        return self.bottom - self.top


def in_reading_order(pieces: Sequence[Piece]) -> list[Line]:
    """Join pieces to lines, lines to blocks, and put them in order.

    Columns are read one after the other, signs apart too; a row of a price list is one line.
    """
    if not pieces:
        return []
    rows = _joined(_level(pieces), _is_continued)
    lines = _with_prices([_line_of(row) for row in rows])
    blocks = [sorted(block, key=lambda line: line.top) for block in _joined(lines, _is_below)]
    return [replace(line, block=number) for number, block in enumerate(_ordered(blocks)) for line in block]


def settled(untold: Sequence[Line], lines: Sequence[Line], is_pending: Callable[[Piece], bool]) -> list[Line]:
    """The lines of which nothing that is still pending can change the order or the wording.

    Args:
        untold: In reading order.
        lines: All of them, in reading order.
        is_pending: Whether it is not known yet what a piece says.

    Returns:
        The first ones, up to the end of a sentence or block, if one has ended.
    """

    def is_settled(line: Line) -> bool:
        return not any(map(is_pending, line.pieces)) and not any(
            other.pieces[0] is not line.pieces[0]
            and _are_in_a_row(line, other)
            and (_may_be_price(line, is_pending) or _may_be_price(other, is_pending))
            for other in lines
        )

    first = list(takewhile(is_settled, untold))
    for end in range(len(first), 0, -1):
        block_ends = end < len(untold) and untold[end].block != first[end - 1].block
        if block_ends or first[end - 1].text.endswith(_SENTENCE_ENDS):
            return first[:end]
    return first


def _may_be_price(line: Line, is_pending: Callable[[Piece], bool]) -> bool:
    """Whether it is one of a list's numbers, or may turn out to be one."""
    if any(map(is_pending, line.pieces)):
        return line.right - line.left < _PRICE_WIDTH * line.height
    return _PRICE.fullmatch(line.text) is not None


def _level(pieces: Sequence[Piece]) -> list[Line]:
    """Every piece as a line, in a picture that is turned so that most text is level."""
    across = np.array([_direction(piece) for piece in pieces])
    angle = _median_angle(across)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lines = []
    for piece in pieces:
        region = piece.region
        x, y = region.corners.mean(0) @ turn
        width, height = region.width - 2 * region.margin, region.height - 2 * region.margin
        lines.append(Line((piece,), x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return lines


def _direction(piece: Piece) -> np.ndarray:
    """Along the text, as long as it is; nothing for text that runs down, which is the exception here."""
    corners = piece.region.corners
    return (
        np.zeros(2) if piece.region.is_vertical else (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    )


def _median_angle(across: np.ndarray) -> float:
    """The angle that half of the text is steeper than, weighted by length, in radians."""
    lengths = np.linalg.norm(across, axis=1)
    if not lengths.any():
        return 0.0
    angles = np.arctan2(across[:, 1], across[:, 0])
    order = np.argsort(angles)
    half = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    return float(angles[order][min(half, len(order) - 1)])


def _joined(items: Sequence[_T], belong: Callable[[_T, _T], bool]) -> list[list[_T]]:
    """Groups of items of which each belongs to another one of its group."""
    group = list(range(len(items)))
    for first in range(len(items)):
        for second in range(first):
            if group[first] != group[second] and belong(items[first], items[second]):
                old, new = group[first], group[second]
                group = [new if each == old else each for each in group]
    return [
        [item for item, each in zip(items, group, strict=True) if each == number]
        for number in sorted({*group})
    ]


def _is_continued(one: Line, other: Line) -> bool:
    """Whether they are pieces of one line."""
    return _are_in_a_row(one, other) and _gap(one, other) < _WORD_GAP * min(one.height, other.height)


def _are_in_a_row(one: Line, other: Line) -> bool:
    lower, higher = sorted((one.height, other.height))
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return higher < _SAME_HEIGHT * lower and shared > _SAME_ROW * lower


def _gap(one: Line, other: Line) -> float:
    """Pixels between their ends."""
    return max(one.left, other.left) - min(one.right, other.right)


def _line_of(parts: Sequence[Line]) -> Line:
    parts = sorted(parts, key=lambda part: part.left)
    return Line(
        tuple(piece for part in parts for piece in part.pieces),
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.right for part in parts),
        max(part.bottom for part in parts),
    )


def _with_prices(lines: list[Line]) -> list[Line]:
    """Join what stands left in a row with the numbers right of it, if there are several such rows."""
    next_of = _numbers_in_rows(lines)
    _add_words(next_of, lines)
    within = {id(cell) for cell in next_of.values()}
    return [_line_of([*_chain(line, next_of)]) for line in lines if id(line) not in within]


def _numbers_in_rows(lines: Sequence[Line]) -> dict[int, Line]:
    """For what has a number right of it in its row, that number: by the identity of the first."""
    next_of: dict[int, Line] = {}
    numbers = sorted((line for line in lines if _PRICE.fullmatch(line.text)), key=lambda line: line.left)
    pairs = [(named, cell) for cell in numbers if (named := _left_of(cell, lines)) is not None]
    for named, cell in pairs:
        in_row = {id(each) for each in next_of.values()}
        has_name = any(map(str.isalpha, named.text)) or id(named) in in_row
        if has_name and sum(_is_under(cell, other) for _, other in pairs) > 1:
            next_of[id(named)] = cell
    return next_of


def _add_words(next_of: dict[int, Line], lines: Sequence[Line]) -> None:
    """Add short words that stand in a column of numbers: "closed" among times."""
    numbers = list(next_of.values())
    for word in lines:
        named = _left_of(word, lines)
        if (
            len(word.text) <= _CELL_LENGTH
            and all(word is not cell for cell in numbers)
            and named is not None
            and id(named) not in next_of
            and any(abs(word.left - cell.left) < word.height for cell in numbers)
        ):
            next_of[id(named)] = word


def _left_of(cell: Line, lines: Sequence[Line]) -> Line | None:
    """What stands next to it in its row."""
    left = (line for line in lines if line.right <= cell.left and _are_in_a_row(line, cell))
    return max(left, key=lambda line: line.right, default=None)


def _chain(line: Line, next_of: Mapping[int, Line]) -> Iterator[Line]:
    """A line and all that follows it in its row."""
    here: Line | None = line
    while here is not None:
        yield here
        here = next_of.get(id(here))


def _is_under(one: Line, other: Line) -> bool:
    """Whether they are in one column of numbers: their ends or their beginnings are in line."""
    near = min(one.height, other.height)
    return abs(one.right - other.right) < near or abs(one.left - other.left) < near


def _is_below(one: Line, other: Line) -> bool:
    """Whether they are lines of one block."""
    lower, higher = sorted((one.height, other.height))
    if higher > _SAME_HEIGHT * lower:
        return False
    distance = max(one.top, other.top) - min(one.bottom, other.bottom)
    shared = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return -0.5 * lower < distance < _LINE_GAP * lower and shared > _OVERLAP * narrower


def _ordered(blocks: list[list[Line]]) -> list[list[Line]]:
    """Blocks in reading order, by cutting the picture again and again where no block is (Nagy and Seth,
    Hierarchical representation of optically scanned documents, 1984)."""
    if len(blocks) < 2:
        return blocks
    columns = _cut(blocks, lambda line: (line.left, line.right))
    if len(columns) > 1 and _are_columns(columns):
        return [block for part in columns for block in _ordered(part)]
    rows = _cut(blocks, lambda line: (line.top, line.bottom))
    parts = rows if len(rows) > 1 else columns
    if len(parts) > 1:
        return [block for part in parts for block in _ordered(part)]
    return sorted(blocks, key=lambda block: (block[0].top, block[0].left))


def _cut(blocks: list[list[Line]], extent: Callable[[Line], tuple[float, float]]) -> list[list[list[Line]]]:
    """Groups of blocks with a gap between them along one axis."""
    spans = sorted(((*_span(block, extent), number) for number, block in enumerate(blocks)))
    height = float(np.median([line.height for block in blocks for line in block]))
    groups, end = [[blocks[spans[0][2]]]], spans[0][1]
    for begin, until, number in spans[1:]:
        if begin > end - 0.2 * height:
            groups.append([])
        groups[-1].append(blocks[number])
        end = max(end, until)
    return groups


def _span(block: list[Line], extent: Callable[[Line], tuple[float, float]]) -> tuple[float, float]:
    begins, ends = zip(*map(extent, block), strict=True)
    return min(begins), max(ends)


def _are_columns(groups: list[list[list[Line]]]) -> bool:
    """Whether neighbours stand side by side, with a gap, and each has several lines below each other."""
    if any(max(map(len, group)) < 2 for group in groups):
        return False
    for left, right in pairwise(groups):
        lines = [[line for block in group for line in block] for group in (left, right)]
        (top, bottom), (other_top, other_bottom) = (
            _span(each, lambda line: (line.top, line.bottom)) for each in lines
        )
        shared = min(bottom, other_bottom) - max(top, other_top)
        gap = min(line.left for line in lines[1]) - max(line.right for line in lines[0])
        height = lines[0][0].height
        if shared < height or gap < _GUTTER * height:
            return False
    return True
