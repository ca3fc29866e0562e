"""The decoder's side of a search: the prefix once, then a token of each beam, over one growing cache.

Beams are a tree. Every row that was ever read stays where it is in the cache, and each beam sees the prefix,
its own ancestors and itself, by a mask: nothing is copied when beams die or branch (the masks of speculative
decoding, Miao et al., arXiv:2305.09781).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from earsight.bundles.bundle import BundleError
from earsight.captioners.search import Candidates
from earsight.captioners.token_embeddings import TokenEmbeddings
from earsight.inference.graph import Graph
from earsight_bundle.graphs import (
    ASKED,
    IDS,
    LOG_PROBS,
    MASK,
    POSITIONS,
    VECTORS,
    K,
    cache_input,
    is_cache_output,
)

_EMPTY = 1
"""Rows at the beginning of the cache that nobody sees. ONNX Runtime before 1.32 dies of a past without any
row: it divides by their number."""

_FLOATS: dict[str, type[np.floating[Any]]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class Decoder:
    """Reads prefixes and tokens. Its buffers are made once, for the longest search that it is asked for."""

    def __init__(
        self,
        graph: Graph,
        vectors: TokenEmbeddings,
        prefix_length: int,
        beams: int,
        max_tokens: int,
        candidates: int,
    ) -> None:
        """Make the buffers.

        Args:
            graph: The decoder's.
            vectors: Of the tokens.
            prefix_length: Rows of a prefix, and tokens that follow it in every caption.
            beams: Live beams at most.
            max_tokens: Tokens of the longest caption, the end token counted.
            candidates: Likeliest next tokens that are asked for after each row.

        Raises:
            BundleError: The graph is no decoder.
        """
        self.graph, self._vectors, self._binding = graph, vectors, graph.session.io_binding()
        self._cached = [name for name in graph.outputs if is_cache_output(name)]
        try:
            _, heads, head_width = graph.inputs[cache_input(self._cached[0])].shape
            self._float = _FLOATS[graph.inputs[VECTORS].type]
            rows = _EMPTY + prefix_length + beams * (max_tokens - 1)
            self._cache = np.zeros((len(self._cached), rows, heads, head_width), self._float)
        except (KeyError, ValueError, IndexError, TypeError) as error:
            raise BundleError(
                f"{graph.path}: not Earsight's decoder ({error!r}); export the bundle again"
            ) from error
        self._k = np.array([candidates], np.int64)
        self._seen = np.zeros((1, rows), bool)
        self._rows, self._length = _EMPTY, 0

    def read_prefix(self, prefix: np.ndarray, starts: Sequence[int] = ()) -> Candidates:
        """Forget what was read before, and read a prefix.

        Args:
            prefix: Float (rows, width).
            starts: Tokens that follow it in every caption.

        Returns:
            The candidates for the first token after these, (1, k).
        """
        self._rows = _EMPTY
        given = len(prefix)
        count = self._length = given + len(starts)
        self._seen = np.zeros((1, self._cache.shape[1]), bool)
        self._seen[:, _EMPTY : _EMPTY + count] = True
        sees = np.repeat(self._seen[:, : _EMPTY + count], count, axis=0)
        vectors = prefix
        if starts:
            # The prefix sees all of itself, and each token what came before it.
            later = np.arange(count) > np.maximum(np.arange(count), given - 1)[:, None]
            sees[:, _EMPTY:] &= ~later
            vectors = np.concatenate([prefix, self._vectors.lookup(np.array(starts))])
        return self._read(vectors, np.arange(count), sees, np.array([count - 1]))

    def read_tokens(self, parents: np.ndarray, tokens: np.ndarray) -> Candidates:
        """Read the newest token of each live beam.

        Args:
            parents: int64 (live beams,): the row of the last call that each token follows.
            tokens: int64 (live beams,).

        Returns:
            The candidates for the token after each, (live beams, k).
        """
        first, rows = self._rows, np.arange(len(tokens))
        self._seen = self._seen[parents]
        self._seen[rows, first + rows] = True
        at = np.full(len(tokens), self._length)
        self._length += 1
        return self._read(self._vectors.lookup(tokens), at, self._seen[:, : first + len(tokens)], rows)

    def _read(
        self, vectors: np.ndarray, positions: np.ndarray, sees: np.ndarray, asked: np.ndarray
    ) -> Candidates:
        """sees: bool (new rows, old and new rows)."""
        inputs = {
            VECTORS: np.ascontiguousarray(vectors, self._float),
            POSITIONS: positions,
            MASK: np.where(sees, 0, -np.inf).astype(self._float),
            ASKED: asked,
            K: self._k,
        }
        old, new = self._rows, self._rows + len(sees)
        self._binding.clear_binding_inputs()
        self._binding.clear_binding_outputs()
        for name, array in inputs.items():
            self._binding.bind_cpu_input(name, array)
        for name, rows in zip(self._cached, self._cache, strict=True):
            self._bind(self._binding.bind_input, cache_input(name), rows[:old])
            self._bind(self._binding.bind_output, name, rows[old:new])
        for name in (LOG_PROBS, IDS):
            self._binding.bind_output(name)
        self.graph.run_bound(self._binding)
        self._rows = new
        log_probs, ids = (value.numpy() for value in self._binding.get_outputs()[-2:])
        return log_probs, ids

    def _bind(self, bind: Any, name: str, rows: np.ndarray) -> None:
        """rows: where they lie; ONNX Runtime reads and writes them there."""
        address = rows.__array_interface__["data"][0]
        bind(name, "cpu", 0, self._float, rows.shape, address)


def try_decoder(table: Path, graph: Graph) -> None:
    """Read a short prefix and a token.

    Args:
        table: File of the tokens' vectors.
        graph: The decoder's.

    Raises:
        BundleError: The graph is no decoder, or does not run.
    """
    vectors = TokenEmbeddings(table)
    decoder = Decoder(graph, vectors, prefix_length=2, beams=1, max_tokens=2, candidates=1)
    decoder.read_prefix(np.zeros((2, vectors.width), np.float32))
    decoder.read_tokens(np.array([0]), np.array([0]))
