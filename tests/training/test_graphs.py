"""The ONNX graphs, run as the daemon runs them, against torch."""

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.encoders import ConvEncoder  # noqa: E402
from earsight_training.graphs import decoder_graph, encoder_graph  # noqa: E402
from earsight_training.model import CaptionModel  # noqa: E402
from earsight_training.recipe import DecoderSettings  # noqa: E402

SIDE, VOCABULARY, WIDTH, LAYERS, HEADS, LONGEST = 64, 320, 32, 2, 4, 7
TOLERANCE = {False: 1e-4, True: 0.15}


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    settings = DecoderSettings(
        vocabulary=VOCABULARY, width=WIDTH, layers=LAYERS, heads=HEADS, longest=LONGEST
    )
    model = CaptionModel(ConvEncoder((8, 16, 24, 32), (1, 1, 2, 1)), VOCABULARY, SIDE, settings)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # as after training: not the identity
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.3)
        elif isinstance(module, torch.nn.LayerNorm):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.3)
        elif isinstance(module, torch.nn.Embedding):
            torch.nn.init.normal_(module.weight, 0, 0.3)
    return model.eval()


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(5).integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)


@pytest.fixture(scope="module")
def embedding_mean():
    return np.random.default_rng(6).normal(0, 0.2, 32).astype(np.float32)


def session(graph):
    return onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])


def as_torch(pixels):
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float()


@pytest.mark.parametrize("int8", [False, True], ids=["float32", "int8"])
@torch.no_grad()
def test_encoder(model, pixels, embedding_mean, int8):
    prefix, embedding = session(encoder_graph(model, embedding_mean, int8)).run(
        ["prefix", "embedding"], {"pixels": pixels}
    )
    expected = model.prefix(as_torch(pixels)).numpy()
    assert prefix.shape == expected.shape == (1, (SIDE // 32) ** 2 + 1, WIDTH)
    np.testing.assert_allclose(prefix, expected, atol=TOLERANCE[int8])
    centred = model.encoder(as_torch(pixels)).mean((2, 3)).numpy() - embedding_mean
    unit = centred / np.linalg.norm(centred)
    assert embedding.shape == unit.shape
    assert float((embedding * unit).sum()) > (0.98 if int8 else 1 - 1e-5)
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("int8", [False, True], ids=["float32", "int8"])
@torch.no_grad()
def test_decoder_through_several_steps_with_beams(model, pixels, int8):
    """Beams that change parents, against torch reading each beam's whole text anew at every step."""
    prefix = model.prefix(as_torch(pixels))
    steps = session(decoder_graph(model, int8))
    k = np.array([VOCABULARY], np.int64)  # all of them: the whole distribution is compared

    def run(prefix, tokens, prefix_cache, past):
        inputs = {"prefix": prefix, "tokens": tokens, "prefix_cache": prefix_cache, "past": past, "k": k}
        log_probs, ids, present = steps.run(["log_probs", "ids", "present"], inputs)
        assert (np.diff(log_probs, axis=1) <= 0).all(), "the likeliest first"
        by_token = np.empty_like(log_probs)
        np.put_along_axis(by_token, ids, log_probs, axis=1)
        return by_token, present

    nothing = np.zeros((LAYERS, 2, 1, HEADS, 0, WIDTH // HEADS), np.float32)
    found, prefix_cache = run(prefix.numpy(), np.zeros((1, 0), np.int64), nothing, nothing)
    logits, cache = model.decoder.read_prefix(prefix)
    agree(found, logits, int8)

    generator = np.random.default_rng(8)
    texts, past, parents = [()], nothing, np.zeros(3, np.int64)
    for _ in range(LONGEST - 1):
        tokens = generator.integers(0, VOCABULARY, len(parents))
        texts = [(*texts[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)]
        no_prefix = np.zeros((len(tokens), 0, WIDTH), np.float32)
        found, past = run(no_prefix, tokens[:, None], prefix_cache, np.take(past, parents, axis=2))
        beams = [
            (keys.expand(len(texts), -1, -1, -1), values.expand(len(texts), -1, -1, -1))
            for keys, values in cache
        ]
        logits, _ = model.decoder.read_tokens(torch.tensor(texts), beams)
        agree(found, logits[:, -1], int8)
        parents = generator.integers(0, len(texts), generator.integers(1, 4))
    assert past.shape[4] == LONGEST - 1


def agree(log_probs, logits, int8):
    expected = torch.log_softmax(logits, -1).numpy()
    assert log_probs.shape == expected.shape
    np.testing.assert_allclose(log_probs, expected, atol=TOLERANCE[int8])


def test_int8_graphs_are_a_quarter_of_the_size(model):
    small, large = (len(decoder_graph(model, int8).SerializeToString()) for int8 in (True, False))
    assert small < 0.6 * large
