"""Reading order: pieces of a line, lines of a block, columns, signs apart, price lists, slanted text."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="text is read with OpenCV")

from earsight.readers.lines import in_reading_order
from tests.earsight.readers.pages import piece


def texts(*pieces):
    return [line.text for line in in_reading_order(pieces)]


def blocks(*pieces):
    return [line.block for line in in_reading_order(pieces)]


def column(left, top, *lines, height=20, angle=0.0):
    return [piece(text, left, top + 30 * n, height, angle=angle) for n, text in enumerate(lines)]


def test_nothing():
    assert in_reading_order([]) == []


def test_words_of_a_line_are_joined():
    assert texts(piece("exit", 100, 51), piece("Emergency", 0, 50)) == ["Emergency exit"]


def test_lines_of_a_sign_are_one_block():
    sign = column(100, 100, "Fire", "Assembly", "Point")
    assert texts(*reversed(sign)) == ["Fire", "Assembly", "Point"]
    assert blocks(*sign) == [0, 0, 0]


def test_columns_are_read_one_after_the_other():
    left = column(0, 100, "It was the first", "time that he had", "seen the sea.")
    right = column(220, 100, "The museum is", "open every day", "except Monday.")
    assert texts(*right, *left)[:4] == [
        "It was the first",
        "time that he had",
        "seen the sea.",
        "The museum is",
    ]
    assert blocks(*left, *right) == [0, 0, 0, 1, 1, 1]


def test_a_heading_comes_before_its_columns():
    heading = [piece("News of the day", 60, 20, 40)]
    left, right = column(0, 100, "one one one", "two two two"), column(220, 100, "three three", "four four")
    assert texts(*right, *left, *heading) == [
        "News of the day",
        "one one one",
        "two two two",
        "three three",
        "four four",
    ]


def test_signs_side_by_side_are_read_from_the_left():
    assert texts(piece("PULL", 400, 102), piece("PUSH", 20, 100)) == ["PUSH", "PULL"]


def test_a_price_belongs_to_its_row():
    left = column(0, 100, "Nasi goreng", "Mie ayam", "Es teh")
    right = column(400, 100, "25.000", "18.000", "5.000")
    assert texts(*left, *right) == ["Nasi goreng 25.000", "Mie ayam 18.000", "Es teh 5.000"]


def test_rows_of_a_table_are_read_as_rows():
    days = column(0, 100, "Monday", "Tuesday", "Wednesday", "Saturday")
    opens = column(200, 100, "9:00", "10:00", "Closed", "8:00")
    closes = [piece(text, 320, top) for text, top in (("17:30", 100), ("18:00", 130), ("12:00", 190))]
    assert texts(*days, *opens, *closes) == [
        "Monday 9:00 17:30",
        "Tuesday 10:00 18:00",
        "Wednesday Closed",
        "Saturday 8:00 12:00",
    ]


def test_a_number_by_itself_is_no_price():
    assert texts(piece("Platform", 0, 100), piece("4", 400, 100)) == ["Platform", "4"]


@pytest.mark.parametrize("angle", [-12, -5, 5, 12])
def test_slanted_lines_do_not_run_into_each_other(angle):
    lines = ["It was the first time that he had", "seen the sea, and he stood there", "for a long time."]
    slanted = column(100, 200, *lines, angle=angle)
    assert texts(*reversed(slanted)) == lines


@given(st.integers(0, 10_000), st.integers(1, 14))
def test_every_piece_is_in_one_line_in_any_order_of_the_pieces(seed, count):
    source = random.Random(seed)
    pieces = [
        piece(source.choice(["a", "1", "Exit", "Rp 5"]) * source.randrange(1, 4), x, y, source.uniform(5, 60))
        for x, y in ((source.uniform(0, 600), source.uniform(0, 400)) for _ in range(count))
    ]
    lines = in_reading_order(pieces)
    read = [id(each) for line in lines for each in line.pieces]
    assert sorted(read) == sorted(map(id, pieces))
    order = [line.block for line in lines]
    assert order == sorted(order)
    source.shuffle(pieces)
    assert {line.text for line in in_reading_order(pieces)} == {line.text for line in lines}
