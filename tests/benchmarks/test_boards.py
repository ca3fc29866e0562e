"""The roofline of a board takes the slower of computing and reading."""

from __future__ import annotations

from benchmarks.boards import Board
from earsight.bench.work import Work


def test_the_slower_of_computing_and_reading_is_the_roofline() -> None:
    board = Board("one", float_macs=10, integer_macs=40, bandwidth=5)
    assert board.seconds(Work(20, 40, 5)) == 3
    assert board.seconds(Work(20, 40, 50)) == 10
    assert Board("two", 10, 40, 5, halves_floats=True).seconds(Work(20, 0, 50)) == 5
