import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_files.csv_table import MAX_CELL, CsvError, read_rows


def rows(text, *needed):
    return list(read_rows(text, needed))


def test_rows_know_their_lines():
    text = 'a, "b" ,c\r\n\r\n 1 ,"two, ""2""",\n , ,\r,x y," 3 "'
    assert rows(text, "a", "c") == [
        (3, {"a": "1", "b": 'two, "2"', "c": ""}),
        (5, {"a": "", "b": "x y", "c": " 3 "}),
    ]


def test_a_quotation_mark_within_a_plain_cell_is_one():
    assert rows('a,b\n5" pipe,say "hi"', "a") == [(2, {"a": '5" pipe', "b": 'say "hi"'})]


def test_other_separators_of_lines_are_none():
    assert rows("a\none\x0bline\x85and\u2028all", "a") == [(2, {"a": "one\x0bline\x85and\u2028all"})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "no column a: the first line of a CSV file names its columns, with commas between; there is none",
        ),
        (
            "\n\na;b\n1;2",
            "no column a: the first line of a CSV file names its columns, with commas between; there a",
        ),
        ("b,b\n1,2", "no column a: "),
        ("a,b,a\n1,2,3", "line 1: more than one column is called a"),
        ("b, b ,a\n1,2,3", "line 1: more than one column is called b"),
        ("a,b\n1\n2,3", "line 2: 1 columns, but 2 names in the first line;"),
        ("a,b\n1,2,3", "line 2: 3 columns, but 2 names in the first line;"),
        (
            'a,b\nx,"one\nx,two',
            "line 2: the quotation mark that begins the cell '\"one' is not closed on this line",
        ),
        ('a,b\nx, "one\ntwo"', "line 2: the quotation mark that begins the cell"),
        ('a,b\nx,"one\nx,"Stop" says', "line 2: the quotation mark that begins the cell"),
        ('a,b\nx,"Stop" says', "line 2: text after the quotation mark that ends a cell, in '\"Stop\" says'"),
        ('a,b\nx,"""', "line 2: the quotation mark that begins the cell"),
        ('a,"b\n1,2', "line 1: the quotation mark that begins the cell"),
        (f"a\n{'x' * (MAX_CELL + 1)}", "line 2: a cell of 100001 characters"),
    ],
)
def test_what_would_be_lost_is_refused(text, said):
    with pytest.raises(CsvError) as refused:
        rows(text, "a")
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


CELLS = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3)), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_what_csv_writes_comes_back(table, quoting):
    text = io.StringIO()
    csv.writer(text, quoting=quoting).writerows([["a", "b", "c"], *table])
    read = [[cell.strip(" \t") for cell in row.values()] for _, row in rows(text.getvalue(), "a")]
    stripped = [[cell.strip(" \t") for cell in row] for row in table]
    assert read == [row for row in stripped if any(cell.strip() for cell in row)]


@given(st.text(alphabet='a,"\r\n \t'))
def test_any_text_is_read_whole_or_refused(text):
    with contextlib.suppress(CsvError):
        read = rows(f"a\n{text}", "a")
        assert sum(cell.count("a") for _, row in read for cell in row.values()) == text.count("a")
