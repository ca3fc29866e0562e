"""The decoder graph, run step by step as the daemon runs it, against torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from tests.training.graph_models import FORMATS, WIDTH, decoder, session  # noqa: E402

from earsight_training.bundles.decoder_graph import decoder_graph  # noqa: E402

VOCABULARY, LAYERS, HEADS, PREFIX, LONGEST = 320, 2, 4, 5, 7
TOLERANCE = {"float32": 1e-4, "float16": 0.02, "int8": 0.25, "int8-at-rest": 0.15}


class Steps:
    """One caption's calls. The whole distribution is asked for, and returned by token."""

    def __init__(self, model, weights):
        self._session = session(decoder_graph(model, weights))
        self.float = np.float16 if weights == "float16" else np.float32
        self.nothing = np.zeros((LAYERS, 2, 1, HEADS, 0, WIDTH // HEADS), self.float)

    def __call__(self, prefix, tokens, prefix_cache, past):
        inputs = {"prefix": prefix.astype(self.float), "tokens": tokens, "k": np.array([VOCABULARY])}
        log_probs, ids, present = self._session.run(
            ["log_probs", "ids", "present"], inputs | {"prefix_cache": prefix_cache, "past": past}
        )
        assert log_probs.dtype == np.float32
        assert present.dtype == self.float
        assert (np.diff(log_probs, axis=1) <= 0).all(), "the likeliest first"
        by_token = np.empty_like(log_probs)
        np.put_along_axis(by_token, ids, log_probs, axis=1)
        return by_token, present


@pytest.mark.parametrize("weights", FORMATS)
@pytest.mark.parametrize("causal", [False, True], ids=["prefix sees itself", "causal prefix"])
@torch.no_grad()
def test_several_steps_with_beams(causal, weights):
    """Beams that change parents, against torch reading each beam's whole text anew at every step."""
    model = decoder(causal)
    prefix = torch.randn(1, PREFIX, WIDTH, generator=torch.Generator().manual_seed(1))
    run = Steps(model, weights)
    found, prefix_cache = run(prefix.numpy(), np.zeros((1, 0), np.int64), run.nothing, run.nothing)
    hidden, cache = model.read_prefix(prefix)
    agree(found, model.logits(hidden), weights)

    generator = np.random.default_rng(8)
    texts, past, parents = [()], run.nothing, np.zeros(3, np.int64)
    for _ in range(LONGEST - 1):
        tokens = generator.integers(0, VOCABULARY, len(parents))
        texts = [(*texts[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
        no_prefix = np.zeros((len(tokens), 0, WIDTH))
        found, past = run(no_prefix, tokens[:, None], prefix_cache, np.take(past, parents, axis=2))
        beams = [
            (keys.expand(len(texts), -1, -1, -1), values.expand(len(texts), -1, -1, -1))
            for keys, values in cache
        ]
        hidden, _ = model.read_tokens(torch.tensor(texts), beams)
        agree(found, model.logits(hidden[:, -1]), weights)
        parents = generator.integers(0, len(texts), generator.integers(1, 4))
    assert past.shape[4] == LONGEST - 1


def agree(log_probs, logits, weights):
    expected = torch.log_softmax(logits, -1).numpy()
    assert log_probs.shape == expected.shape
    np.testing.assert_allclose(log_probs, expected, atol=TOLERANCE[weights])


def test_a_causal_prefix_is_another_reading_of_it():
    """Else the comparison above could not tell the two apart."""
    prefix = np.random.default_rng(2).normal(0, 1, (1, PREFIX, WIDTH))
    rows = []
    for causal in (False, True):
        run = Steps(decoder(causal), "float32")
        rows.append(run(prefix, np.zeros((1, 0), np.int64), run.nothing, run.nothing)[0])
    assert np.abs(rows[0] - rows[1]).max() > 0.1


def test_what_a_beam_says_does_not_depend_on_the_others():
    """Integer arithmetic rounds each beam's numbers by themselves."""
    run = Steps(decoder(True), "int8")
    prefix = np.random.default_rng(2).normal(0, 1, (1, PREFIX, WIDTH))
    _, cache = run(prefix, np.zeros((1, 0), np.int64), run.nothing, run.nothing)
    together, _ = run(
        np.zeros((3, 0, WIDTH)), np.array([[5], [6], [7]]), cache, np.repeat(run.nothing, 3, axis=2)
    )
    alone, _ = run(np.zeros((1, 0, WIDTH)), np.array([[6]]), cache, run.nothing)
    np.testing.assert_allclose(together[1], alone[0], atol=1e-5)
