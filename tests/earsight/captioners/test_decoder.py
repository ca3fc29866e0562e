"""The tree of beams in one growing cache, against each beam's text read anew by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.bundles.bundle import BundleError, bundle_folder
from earsight.captioners.decoder import Decoder
from earsight.captioners.token_embeddings import TokenEmbeddings
from earsight.inference.graph import Graph

PREFIX, BEAMS, LONGEST, K = 6, 4, 6, 5
FOLDER = bundle_folder("builtin")


@pytest.fixture(scope="module")
def graph():
    return Graph(FOLDER / "decoder.onnx", 1)


@pytest.fixture(scope="module")
def vectors():
    return TokenEmbeddings(FOLDER / "tokens.npy")


@pytest.fixture(scope="module")
def decoder_for(graph, vectors):
    def made(beams, max_tokens=LONGEST, prefix=PREFIX):
        return Decoder(graph, vectors, prefix, beams, max_tokens, K)

    return made


@pytest.fixture(scope="module")
def width(graph):
    return graph.inputs["vectors"].shape[1]


def prefix_of(width, seed=0, count=PREFIX):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def alone(decoder, prefix, tokens):
    """What a decoder that has one beam says after the tokens."""
    found = decoder.read_prefix(prefix)
    for token in tokens:
        found = decoder.read_tokens(np.array([0]), np.array([token]))
    return found


def agree(row, found, expected):
    """Of one beam: the same log-probabilities; the ids of those that are not nearly equal."""
    np.testing.assert_allclose(found[0][row], expected[0][0], atol=2e-4)
    apart = np.abs(np.diff(expected[0][0], append=-np.inf, prepend=np.inf))
    clear = (apart[1:] > 1e-3) & (apart[:-1] > 1e-3)
    np.testing.assert_array_equal(found[1][row][clear], expected[1][0][clear])


steps = st.lists(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2999)), min_size=1, max_size=BEAMS),
    max_size=LONGEST - 1,
)
"""For each step, the beams that go on: a parent (modulo how many there are) and a token."""


@settings(max_examples=12)
@given(steps=steps, seed=st.integers(0, 9))
def test_beams_that_branch_die_and_swap_say_what_they_say_alone(decoder_for, width, steps, seed):
    tree, single = decoder_for(BEAMS), decoder_for(1)
    prefix = prefix_of(width, seed)
    found = tree.read_prefix(prefix)
    agree(0, found, alone(single, prefix, ()))
    texts = [()]
    for beams in steps:
        parents = np.array([parent % len(texts) for parent, _ in beams])
        tokens = np.array([token for _, token in beams])
        texts = [(*texts[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
        found = tree.read_tokens(parents, tokens)
    for row, text in enumerate(texts):
        agree(row, found, alone(single, prefix, text))


def test_two_beams_that_swap(decoder_for, width):
    """The plainest mistake: a row that sees another beam's past."""
    tree, single, prefix = decoder_for(2), decoder_for(1), prefix_of(width)
    tree.read_prefix(prefix)
    tree.read_tokens(np.array([0, 0]), np.array([11, 500]))
    found = tree.read_tokens(np.array([1, 0]), np.array([7, 7]))
    agree(0, found, alone(single, prefix, (500, 7)))
    agree(1, found, alone(single, prefix, (11, 7)))
    assert np.abs(found[0][0] - found[0][1]).max() > 0.01, "or the comparison shows nothing"


def test_only_the_new_rows_of_the_cache_are_written(decoder_for, width):
    tree, rng = decoder_for(BEAMS), np.random.default_rng(1)
    tree._cache[:, 1:] = 777
    tree.read_prefix(prefix_of(width))
    written, live, before = 1 + PREFIX, 1, tree._cache.copy()
    assert (before[:, :written] != 777).all()
    assert (before[:, written:] == 777).all()
    for count in (4, 1, 3, 2):
        tree.read_tokens(rng.integers(0, live, count), rng.integers(0, 3000, count))
        now = tree._cache.copy()
        np.testing.assert_array_equal(now[:, :written], before[:, :written])
        written, live, before = written + count, count, now
        assert (now[:, :written] != 777).all()
        assert (now[:, written:] == 777).all()


def test_what_stands_in_rows_that_are_not_filled_does_not_matter(decoder_for, width):
    prefix, found = prefix_of(width), []
    for left in (0.0, np.nan):
        tree = decoder_for(2)
        tree._cache[:, 1:] = left
        tree.read_prefix(prefix)
        found.append(tree.read_tokens(np.array([0, 0]), np.array([5, 6])))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_array_equal(found[0][1], found[1][1])


def test_the_past_is_never_empty_and_nobody_sees_its_first_row(decoder_for, width, monkeypatch):
    """ONNX Runtime before 1.32 divides by the length of an empty past, and the process dies."""
    tree, prefix, lengths = decoder_for(2), prefix_of(width), []
    bind = tree._bind
    monkeypatch.setattr(
        tree, "_bind", lambda kind, name, rows: (lengths.append(len(rows)), bind(kind, name, rows))
    )
    found = []
    for first in (0.0, 1000.0):
        tree._cache[:, 0] = first
        found.append((*tree.read_prefix(prefix), *tree.read_tokens(np.array([0, 0]), np.array([5, 6]))))
    assert min(lengths) == 1
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_second_prefix_forgets_the_first(decoder_for, width):
    tree, prefix = decoder_for(3), prefix_of(width, 2)
    first = tree.read_prefix(prefix)
    then = tree.read_tokens(np.array([0, 0]), np.array([5, 6]))
    tree.read_prefix(prefix_of(width, 3))
    tree.read_tokens(np.array([0, 0, 0]), np.array([1, 2, 3]))
    again = tree.read_prefix(prefix), tree.read_tokens(np.array([0, 0]), np.array([5, 6]))
    for found, expected in zip(again, (first, then), strict=True):
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_what_was_found_is_not_overwritten_by_the_next_step(decoder_for, width):
    tree = decoder_for(2)
    found = tree.read_prefix(prefix_of(width))
    kept = [array.copy() for array in found]
    tree.read_tokens(np.array([0, 0]), np.array([5, 6]))
    tree.read_tokens(np.array([0, 1]), np.array([7, 8]))
    for array, before in zip(found, kept, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize(("beams", "max_tokens"), [(1, 1), (1, 5), (5, 2), (7, 6)])
def test_there_is_room_for_the_longest_search(decoder_for, width, beams, max_tokens):
    tree = decoder_for(beams, max_tokens)
    tree.read_prefix(prefix_of(width))
    for step in range(max_tokens - 1):
        live = beams if step else 1
        log_probs, ids = tree.read_tokens(np.arange(beams) % live, np.arange(beams))
        assert log_probs.shape == ids.shape == (beams, K)
        assert np.isfinite(log_probs).all()
    with pytest.raises((BundleError, IndexError)):  # one more has no room, and must not go anywhere else
        tree.read_tokens(np.arange(beams), np.arange(beams))


def test_a_prefix_that_is_longer_than_was_said(decoder_for, width):
    """Of an encoder that declares another shape than it has: no memory is written beyond the cache."""
    with pytest.raises(BundleError, match=r"decoder\.onnx: does not fit the bundle: "):
        decoder_for(1, 2).read_prefix(prefix_of(width, count=PREFIX + 5))


def test_a_prefix_of_another_width(decoder_for, width):
    with pytest.raises(BundleError, match=r"decoder\.onnx: does not fit the bundle: "):
        decoder_for(1, 2).read_prefix(prefix_of(width - 1))


def test_a_graph_that_is_no_decoder(vectors):
    encoder = Graph(FOLDER / "encoder.onnx", 1)
    with pytest.raises(
        BundleError, match=r"encoder\.onnx: not Earsight's decoder .* export the bundle again"
    ):
        Decoder(encoder, vectors, PREFIX, BEAMS, LONGEST, K)
