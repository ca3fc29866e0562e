"""The encoder graphs, run by ONNX Runtime, against torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.bundles.encoder_graphs import encoder_graph  # noqa: E402
from earsight_training.bundles.graph_builder import weight_format  # noqa: E402
from earsight_training.networks.clip_encoders import prepare  # noqa: E402
from tests.training.clip_models import clip_state, photos  # noqa: E402
from tests.training.graph_models import FORMATS, cosine, encoder_and_mapper, session  # noqa: E402

LEAST_COSINE = {"float32": 1 - 1e-6, "float16": 1 - 1e-4, "int8": 0.99, "int8-at-rest": 0.99}
KINDS = {
    "cells": (None, "cells"),
    "efficientnet": (None, "efficientnet"),
    "resnet and mlp": ("small resnet", "mlp"),
    "resnet and transformer": ("small resnet", "transformer"),
    "vision transformer": ("small transformer", "transformer"),
}


@pytest.fixture(autouse=True)
def _all_weights_are_int8(monkeypatch, request):
    """Those of a small model are small, and would be kept as float16. EfficientNet is of full size."""
    if "efficientnet" not in request.node.name:
        monkeypatch.setattr("earsight_training.bundles.graph_builder.INT8_STORAGE_FROM", 0)


@pytest.mark.parametrize("weights", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_prefix_and_embedding_are_those_of_torch(kind, weights):
    clip, mapping = KINDS[kind]
    encoder, mapper, side = encoder_and_mapper(mapping, clip and clip_state(clip))
    pixels = prepare(photos()[0], side)[None]
    features = encoder(torch.from_numpy(pixels).permute(0, 3, 1, 2).float())
    pooled = (features.mean((2, 3)) if clip is None else features)[0].numpy()
    mean = (0.3 * np.linalg.norm(pooled) * np.random.default_rng(6).normal(0, 1, pooled.shape)).astype(
        np.float32
    ) / np.sqrt(len(pooled))
    graph = session(encoder_graph(encoder, mapper, side, mean, weights))
    prefix, embedding = graph.run(["prefix", "embedding"], {"pixels": pixels})
    expected = mapper(features).numpy()
    assert prefix.shape == expected.shape
    assert prefix.dtype == (np.float16 if weights == "float16" else np.float32)
    assert embedding.shape == (1, len(mean))
    assert embedding.dtype == np.float32
    assert cosine(prefix, expected) > LEAST_COSINE[weights]
    assert cosine(embedding, pooled - mean) > LEAST_COSINE[weights]
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-4)
    if weights == "float32":
        np.testing.assert_allclose(prefix, expected, rtol=1e-3, atol=1e-3)


def test_a_picture_of_one_colour_is_quantised_too():
    """All numbers of a row may be the same: a step of 0 must not become a division by it."""
    encoder, mapper, side = encoder_and_mapper("transformer", clip_state("small transformer"))
    with torch.no_grad():
        encoder.ln_post.weight.zero_()  # so that one product's input is a constant row
        encoder.ln_post.bias.fill_(0.5)
    graph = session(encoder_graph(encoder, mapper, side, np.zeros(24, np.float32), "int8"))
    prefix, embedding = graph.run(["prefix", "embedding"], {"pixels": np.zeros((1, side, side, 3), np.uint8)})
    with torch.no_grad():
        expected = mapper(encoder(torch.zeros(1, 3, side, side)))
    assert cosine(prefix, expected.numpy()) > 0.99
    assert np.isfinite(embedding).all()


def test_int8_stays_int8_in_large_graphs_only():
    encoder, mapper, _ = encoder_and_mapper("cells")
    assert weight_format("int8", encoder, mapper) == "int8-at-rest"
    assert weight_format("float16", encoder, mapper) == "float16"
    with torch.device("meta"):
        large = torch.nn.Linear(5000, 5000)
    assert weight_format("int8", encoder, large) == "int8"


@pytest.mark.parametrize("weights", ["int8", "int8-at-rest"])
def test_int8_graphs_are_small(weights):
    encoder, mapper, side = encoder_and_mapper("transformer", clip_state("small resnet"))
    mean = np.zeros(encoder.width, np.float32)
    small, large = (
        sum(
            onnx.numpy_helper.to_array(value).nbytes
            for value in encoder_graph(encoder, mapper, side, mean, it).graph.initializer
        )
        for it in (weights, "float32")
    )
    assert small < 0.5 * large
