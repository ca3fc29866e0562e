"""One reading from those of several frames of the same view: a vote on each line. Pure.

The frames of one look show the same text a little shifted, blurred in another way, or with other noise: what
is misread differs from frame to frame, and what is right agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from earsight.scene import Reading, TextLine

SURE = 0.9
"""Confidence of a line from which no other frame is asked."""

_SAME_LINE = 0.6
"""Similarity of texts, 0..1, from which they are readings of one line."""
_DEPENDENCE = 0.5
"""How much less a further frame counts: what is hard to read in one frame is so in the next."""


def is_settled(reading: Reading) -> bool:
    """Whether another frame would change nothing: every line is sure, and there is one."""
    return bool(reading.lines) and all(line.confidence >= SURE for line in reading.lines)


def vote(readings: Sequence[Reading]) -> Reading:
    """Join what was read in several frames.

    The lines and their order are those of the frame in which most was read, the first of these; what each
    line says, all frames decide that have it.

    Args:
        readings: The sharpest frame's first; at least one.

    Returns:
        A reading whose lines each say what was read in some frame. Where frames agree, a line's confidence is
        higher than in any of them; where they don't, it is lowered by the others.
    """
    chosen = max(range(len(readings)), key=lambda number: _amount(readings[number]))
    best, others = readings[chosen], [*readings[:chosen], *readings[chosen + 1 :]]
    columns = [_matched(best, other) for other in others]
    lines = tuple(
        _decided([line, *(found for column in columns if (found := column[number]) is not None)])
        for number, line in enumerate(best.lines)
    )
    return replace(best, lines=lines)


def _amount(reading: Reading) -> float:
    """How many characters were read, of which a doubtful one counts less."""
    return sum(line.confidence * len(line.text) for line in reading.lines)


def _matched(best: Reading, other: Reading) -> list[TextLine | None]:
    """For each line of the best reading the same line of another one, in that order; None: it lacks it.

    Of all ways to match lines without crossing, the one with the greatest sum of similarities, as in
    Needleman and Wunsch (1970).
    """
    rows, columns = len(best.lines), len(other.lines)
    total = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    alike = [[_similarity(line.text, each.text) for each in other.lines] for line in best.lines]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            matched = alike[row][column] + total[row + 1][column + 1] if alike[row][column] else 0.0
            total[row][column] = max(matched, total[row + 1][column], total[row][column + 1])
    found: list[TextLine | None] = [None] * rows
    row = column = 0
    while row < rows and column < columns:
        if total[row][column] == total[row + 1][column]:
            row += 1
        elif total[row][column] == total[row][column + 1]:
            column += 1
        else:
            found[row] = other.lines[column]
            row, column = row + 1, column + 1
    return found


def _similarity(one: str, other: str) -> float:
    """Share of characters in common, 0..1; 0 where they are too different to be one line."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _SAME_LINE or matcher.quick_ratio() < _SAME_LINE:
        return 0.0
    return ratio if (ratio := matcher.ratio()) >= _SAME_LINE else 0.0


def _decided(candidates: Sequence[TextLine]) -> TextLine:
    """The line that the frames together find likeliest; of equals, the first frame's."""
    if len(candidates) == 1:
        return candidates[0]
    doubts: dict[str, list[float]] = {}
    for line in candidates:
        doubts.setdefault(line.text, []).append(1 - line.confidence)
    chances = {text: 1 - _together(each) for text, each in doubts.items()}
    winner = max(chances, key=lambda text: chances[text])
    against = max((chance for text, chance in chances.items() if text != winner), default=0.0)
    line = max((each for each in candidates if each.text == winner), key=lambda each: each.confidence)
    chance = chances[winner]
    return replace(line, confidence=chance if not against else chance * chance / (chance + against))


def _together(doubts: list[float]) -> float:
    """Probability that a text is wrong although several frames have it."""
    least, *further = sorted(doubts)
    for doubt in further:
        least *= doubt**_DEPENDENCE
    return least
