"""Rows of a table that stays on disk, and every file that is no such table."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from earsight.bundles.bundle import BundleError
from earsight.captioners.token_embeddings import TokenEmbeddings

TABLES = arrays.arrays(
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.tuples(st.integers(1, 20), st.integers(1, 9)),
    elements=st.floats(-8, 8, width=16),
)


def saved(folder, table):
    np.save(folder / "tokens.npy", table)
    return folder / "tokens.npy"


def open_files():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def refusal(path):
    """The message with which the file is refused: one line."""
    with pytest.raises(BundleError) as caught:
        TokenEmbeddings(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: not a table of token vectors (")
    assert message.endswith("; export the bundle again")
    assert "\n" not in message
    return message


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES, data=st.data())
def test_the_rows_of_any_tokens(tmp_path, table, data):
    tokens = np.array(data.draw(st.lists(st.integers(0, len(table) - 1), max_size=7)), np.int64)
    rows = TokenEmbeddings(saved(tmp_path, table)).lookup(tokens)
    assert rows.dtype == table.dtype
    assert rows.shape == (len(tokens), table.shape[1])
    np.testing.assert_array_equal(rows, table[tokens])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 9), token=st.integers(-(2**62), 2**62).filter(lambda token: not 0 <= token < 9))
def test_tokens_out_of_range(tmp_path, count, token):
    vectors = TokenEmbeddings(saved(tmp_path, np.ones((count, 3), np.float16)))
    with pytest.raises(BundleError, match=r"tokens\.npy: not of this decoder .* export the bundle again"):
        vectors.lookup(np.array([0, token]))


def test_the_message_names_the_token_that_is_out_of_range(tmp_path):
    vectors = TokenEmbeddings(saved(tmp_path, np.ones((5, 3), np.float16)))
    for token in (-1, 5):
        with pytest.raises(BundleError, match=rf"\(token {token}\)"):
            vectors.lookup(np.array([2, token, 3]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file(tmp_path, share):
    path = saved(tmp_path, np.ones((5, 3), np.float32))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    refusal(path)


def test_a_file_that_is_cut_after_it_was_opened(tmp_path):
    path = saved(tmp_path, np.ones((5, 3), np.float32))
    vectors = TokenEmbeddings(path)
    os.truncate(path, path.stat().st_size - 4)
    with pytest.raises(BundleError, match=r"tokens\.npy: .*copy the bundle again"):
        vectors.lookup(np.array([4]))


@pytest.mark.parametrize(
    "table",
    [
        np.ones((4, 3), np.int64),
        np.ones((4, 3), bool),
        np.ones((4, 3), np.complex64),
        np.ones((4, 3), "S4"),
        np.ones((4, 3), [("a", np.float32)]),
        np.asfortranarray(np.ones((4, 3), np.float32)),
        np.ones(12, np.float32),
        np.ones((2, 2, 3), np.float32),
        np.float32(1),
    ],
    ids=["integers", "booleans", "complex", "text", "records", "columns", "a row", "a cube", "a number"],
)
def test_other_tables(tmp_path, table):
    refusal(saved(tmp_path, table))


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("code of a bundle was run",))


@pytest.mark.parametrize("whole", [True, False], ids=["table of objects", "pickle"])
def test_no_pickle_is_ever_read(tmp_path, whole):
    path = tmp_path / "tokens.npy"
    if whole:
        np.save(path, np.array([[Harmful()]], object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(Harmful()))
    refusal(path)


@pytest.mark.parametrize("content", [b"", b"text\n", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{"])
def test_what_is_no_table(tmp_path, content):
    path = tmp_path / "tokens.npy"
    path.write_bytes(content)
    refusal(path)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.binary(max_size=80) | st.text("{}'descr:<f4,()ortanTrueFalshp1234567890- \n", max_size=80))
def test_any_header(tmp_path, header):
    """Whatever it says, it is refused: no rows follow on it."""
    header = header.encode("latin1") if isinstance(header, str) else header
    path = tmp_path / "tokens.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    refusal(path)


@pytest.mark.parametrize("shape", ["(-1, 4)", "(2, -4)", "(-2, -2)", "(2.0, 2)", "(2, 0)", "(0, 4)"])
def test_impossible_sizes(tmp_path, shape):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    path = tmp_path / "tokens.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64))
    refusal(path)


def test_a_missing_file(tmp_path):
    assert "No such file" in refusal(tmp_path / "tokens.npy")


def test_a_folder(tmp_path):
    (tmp_path / "tokens.npy").mkdir()
    refusal(tmp_path / "tokens.npy")


def test_a_table_that_is_refused_is_closed_again(tmp_path):
    path = saved(tmp_path, np.ones((4, 3), np.int64))
    before = open_files()
    errors = []
    for _ in range(5):
        with pytest.raises(BundleError) as caught:
            TokenEmbeddings(path)
        errors.append(caught.value)  # whoever holds the error must not hold the file
    assert open_files() == before


def test_a_table_that_is_let_go_is_closed(tmp_path):
    path = saved(tmp_path, np.ones((4, 3), np.float32))
    before = open_files()
    TokenEmbeddings(path).lookup(np.array([1]))
    assert open_files() == before
