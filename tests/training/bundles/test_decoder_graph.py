"""The decoder graph, run step by step as the daemon runs it, against torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.bundles.decoder_graph import decoder_graph  # noqa: E402
from tests.training.graph_models import FORMATS, WIDTH, decoder, session  # noqa: E402

VOCABULARY, LAYERS, HEADS, PREFIX, LONGEST = 320, 2, 4, 5, 7
TOLERANCE = {"float32": 1e-4, "float16": 0.02, "int8": 0.25, "int8-at-rest": 0.15}


@pytest.fixture(autouse=True)
def _all_weights_are_int8(monkeypatch):
    """Those of a small model are small, and would be kept as float16."""
    monkeypatch.setattr("earsight_training.bundles.graph_builder.INT8_STORAGE_FROM", 0)


class Steps:
    """One caption's calls over one growing cache. All tokens are asked for, and returned in order."""

    def __init__(self, model, weights):
        self._session = session(decoder_graph(model, weights))
        self._float = np.float16 if weights == "float16" else np.float32
        self._vectors = model.tokens.weight.detach().numpy()
        self._names = [f"{part}_{layer}" for layer in range(LAYERS) for part in ("keys", "values")]

    def read_prefix(self, prefix, asked=None):
        """prefix: (rows, width). asked: rows after which a token is asked for; the last alone."""
        count = len(prefix)
        self._cache = [np.zeros((0, HEADS, WIDTH // HEADS), self._float) for _ in self._names]
        self._sees, self._length = np.ones((1, count), bool), count
        asked = [count - 1] if asked is None else asked
        return self._step(prefix, np.arange(count), np.ones((count, count), bool), asked)

    def read_tokens(self, parents, tokens):
        """Every row sees the prefix, its ancestors and itself."""
        count = len(tokens)
        self._sees = np.concatenate([self._sees[parents], np.eye(count, dtype=bool)], 1)
        at = np.full(count, self._length)
        self._length += 1
        return self._step(self._vectors[tokens], at, self._sees, np.arange(count))

    def _step(self, vectors, positions, sees, asked):
        inputs = {
            "vectors": vectors.astype(self._float),
            "positions": positions,
            "mask": np.where(sees, 0, -np.inf).astype(self._float),
            "asked": np.asarray(asked),
            "k": np.array([VOCABULARY]),
        } | {f"past_{name}": rows for name, rows in zip(self._names, self._cache, strict=True)}
        log_probs, ids, *new = self._session.run(["log_probs", "ids", *self._names], inputs)
        assert log_probs.dtype == np.float32
        assert ids.dtype == np.int64
        for rows in new:
            assert rows.dtype == self._float
            assert rows.shape == (len(vectors), HEADS, WIDTH // HEADS)
        self._cache = [np.concatenate(pair) for pair in zip(self._cache, new, strict=True)]
        assert (np.diff(log_probs, axis=1) <= 0).all(), "the likeliest first"
        by_token = np.empty_like(log_probs)
        np.put_along_axis(by_token, ids, log_probs, axis=1)
        return by_token


@pytest.mark.parametrize("weights", FORMATS)
@pytest.mark.parametrize("causal", [False, True], ids=["prefix sees itself", "causal prefix"])
@torch.no_grad()
def test_several_steps_with_beams(causal, weights):
    """Beams that change parents, against torch reading each beam's whole text anew at every step."""
    model = decoder(causal)
    prefix = torch.randn(1, PREFIX, WIDTH, generator=torch.Generator().manual_seed(1))
    run = Steps(model, weights)
    found = run.read_prefix(prefix[0].numpy())
    hidden, cache = model.read_prefix(prefix)
    agree(found, model.logits(hidden), weights)

    generator = np.random.default_rng(8)
    texts, parents = [()], np.zeros(3, np.int64)
    for _ in range(LONGEST - 1):
        tokens = generator.integers(0, VOCABULARY, len(parents))
        texts = [(*texts[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
        found = run.read_tokens(parents, tokens)
        beams = [
            (keys.expand(len(texts), -1, -1, -1), values.expand(len(texts), -1, -1, -1))
            for keys, values in cache
        ]
        hidden, _ = model.read_tokens(torch.tensor(texts), beams)
        agree(found, model.logits(hidden[:, -1]), weights)
        parents = generator.integers(0, len(texts), generator.integers(1, 4))


def agree(log_probs, logits, weights):
    expected = torch.log_softmax(logits, -1).numpy()
    assert log_probs.shape == expected.shape
    np.testing.assert_allclose(log_probs, expected, atol=TOLERANCE[weights])


def test_a_causal_prefix_is_another_reading_of_it():
    """Else the comparison above could not tell the two apart."""
    prefix = np.random.default_rng(2).normal(0, 1, (PREFIX, WIDTH))
    rows = [Steps(decoder(causal), "float32").read_prefix(prefix) for causal in (False, True)]
    assert np.abs(rows[0] - rows[1]).max() > 0.1


def test_a_causal_prefix_sees_nothing_that_comes_later():
    run, prefix = Steps(decoder(True), "float32"), np.random.default_rng(2).normal(0, 1, (PREFIX, WIDTH))
    of_all = run.read_prefix(prefix, asked=np.arange(PREFIX))
    for count in range(1, PREFIX + 1):
        np.testing.assert_allclose(run.read_prefix(prefix[:count])[0], of_all[count - 1], atol=1e-4)


def test_only_the_rows_that_are_asked_for_are_answered_in_their_order():
    run, prefix = Steps(decoder(False), "float32"), np.random.default_rng(2).normal(0, 1, (PREFIX, WIDTH))
    of_all = run.read_prefix(prefix, asked=np.arange(PREFIX))
    np.testing.assert_allclose(run.read_prefix(prefix, asked=[3, 0]), of_all[[3, 0]], atol=1e-5)


@pytest.mark.parametrize("weights", ["float32", "int8"])
def test_what_a_beam_says_does_not_depend_on_the_others(weights):
    """Integer arithmetic rounds each beam's numbers by themselves."""
    run, prefix = Steps(decoder(True), weights), np.random.default_rng(2).normal(0, 1, (PREFIX, WIDTH))
    run.read_prefix(prefix)
    together = run.read_tokens(np.array([0, 0, 0]), np.array([5, 6, 7]))
    run.read_prefix(prefix)
    alone = run.read_tokens(np.array([0]), np.array([6]))
    np.testing.assert_allclose(together[1], alone[0], atol=1e-5)


def test_small_weights_are_kept_as_float16(monkeypatch):
    """They hold most of the error and little of the size."""
    monkeypatch.setattr("earsight_training.bundles.graph_builder.INT8_STORAGE_FROM", WIDTH * VOCABULARY)
    graph = decoder_graph(decoder(False), "int8-at-rest").graph
    arrays = [onnx.numpy_helper.to_array(value) for value in graph.initializer]
    assert {array.size for array in arrays if array.dtype == np.int8} == {WIDTH * VOCABULARY}
    assert any(array.dtype == np.float16 and array.ndim == 2 for array in arrays)
