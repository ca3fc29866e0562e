"""The decoder graph of a bundle: one step of decoding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

from earsight_bundle.graphs import (
    ASKED,
    IDS,
    LOG_PROBS,
    MASK,
    POSITIONS,
    VECTORS,
    K,
    cache_input,
    cache_outputs,
    keys_output,
    values_output,
)
from earsight_training.bundles.graph_builder import MICROSOFT, GraphBuilder, WeightFormat, to_numpy
from earsight_training.bundles.mapper_graphs import feed_forward
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.transformer import Block


def decoder_graph(decoder: DecoderNetwork, weights: WeightFormat) -> onnx.ModelProto:
    """Build the graph: one step of decoding, for the prefix (all of it at once) or for one token of each
    beam.

    docs/bundle.md describes its inputs and outputs.

    Args:
        decoder: In eval mode.
        weights: The format of the weights.
    """
    graph = GraphBuilder(weights)
    tokens = to_numpy(decoder.tokens.weight)
    width, layers, heads = tokens.shape[1], len(decoder.blocks), decoder.heads
    at = graph.add("Gather", graph.weight(to_numpy(decoder.positions.weight), 0), POSITIONS, axis=0)
    x = graph.add("Add", VECTORS, at)
    mask_parts = _attention_mask(graph, causal=decoder.causal_prefix)
    for index, block in enumerate(decoder.blocks):
        assert isinstance(block, Block)
        x = graph.add("Add", x, _attention(graph, x, block, index, mask_parts))
        x = graph.add("Add", x, feed_forward(graph, x, block))
    asked = graph.add("Gather", x, ASKED, axis=0)
    logits = graph.to_float32(graph.product(graph.layer_norm(asked, decoder.norm), tokens.T))
    graph.add_many("TopK", [graph.add("LogSoftmax", logits, axis=-1), K], [LOG_PROBS, IDS], axis=-1)
    cached = heads, width // heads
    return graph.build(
        [
            graph.value_info(VECTORS, "rows", width),
            helper.make_tensor_value_info(POSITIONS, TensorProto.INT64, ["rows"]),
            graph.value_info(MASK, "rows", "N + rows"),
            helper.make_tensor_value_info(ASKED, TensorProto.INT64, ["asked"]),
            helper.make_tensor_value_info(K, TensorProto.INT64, [1]),
            *(graph.value_info(cache_input(name), "N", *cached) for name in cache_outputs(layers)),
        ],
        [
            helper.make_tensor_value_info(LOG_PROBS, TensorProto.FLOAT, ["asked", "k"]),
            helper.make_tensor_value_info(IDS, TensorProto.INT64, ["asked", "k"]),
            *(graph.value_info(name, "rows", *cached) for name in cache_outputs(layers)),
        ],
    )


@dataclass(frozen=True)
class _AttentionMask:
    """What rows attend to.

    Attributes:
        mask: Float (rows, N + rows), added to the scores.
        lengths: int64 (2,), N and rows.
    """

    mask: str
    lengths: str


def _attention_mask(graph: GraphBuilder, *, causal: bool) -> _AttentionMask:
    """The mask of the input, and with causal none of the prefix's vectors attends to a later one. (The tokens
    of a step all have the same position.)"""
    held = graph.add("Shape", cache_input(keys_output(0)), start=0, end=1)
    rows = graph.add("Shape", POSITIONS, start=0, end=1)
    mask: str = MASK
    if causal:
        own, others = (graph.add("Unsqueeze", POSITIONS, graph.constant([axis])) for axis in (1, 0))
        later = graph.add("Greater", others, own)
        barred = graph.add("Where", later, graph.floats(-np.inf), graph.floats(0.0))
        pads = graph.add("Concat", graph.constant([0]), held, graph.constant([0, 0]), axis=0)
        mask = graph.add("Add", MASK, graph.add("Pad", barred, pads))
    return _AttentionMask(mask, graph.add("Concat", held, rows, axis=0))


def _attention(graph: GraphBuilder, x: str, block: Block, layer: int, mask_parts: _AttentionMask) -> str:
    """Attention of the rows, float (rows, width), over the cache and each other, as far as the mask lets
    them."""
    width, heads = block.attention_output.in_features, block.heads
    packed = graph.linear(graph.layer_norm(x, block.attention_norm), block.queries_keys_values)
    parts = graph.add_many(
        "Split", [packed], [f"{part}_{layer}_rows" for part in "qkv"], axis=1, num_outputs=3
    )
    shape = graph.constant([-1, heads, width // heads])
    queries = graph.add("Reshape", parts[0], shape)
    keys = graph.add("Reshape", parts[1], shape, output=keys_output(layer))
    values = graph.add("Reshape", parts[2], shape, output=values_output(layer))
    scores = [_scores(graph, queries, of, (width // heads) ** -0.5) for of in (cache_input(keys), keys)]
    seen = graph.add("Add", graph.add("Concat", *scores, axis=-1), mask_parts.mask)
    weights = graph.add("Softmax", seen, axis=-1)
    names = f"past_weights_{layer}", f"weights_{layer}"
    split = graph.add_many("Split", [weights, mask_parts.lengths], names, axis=-1)
    means = [_mean(graph, w, of) for w, of in zip(split, (cache_input(values), values), strict=True)]
    merged = graph.add("Transpose", graph.add("Add", *means), perm=[1, 0, 2])
    rows = graph.add("Reshape", merged, graph.constant([-1, width]))
    return graph.linear(rows, block.attention_output)


# FusedMatMul reads rows of all heads where they lie: nothing of the cache is transposed, and so copied.


def _scores(graph: GraphBuilder, queries: str, keys: str, scale: float) -> str:
    """queries: (rows, heads, head width); keys: (others, heads, head width). (heads, rows, others)."""
    return graph.add(
        "FusedMatMul", queries, keys, alpha=scale, transB=1, transBatchA=1, transBatchB=1, domain=MICROSOFT
    )


def _mean(graph: GraphBuilder, weights: str, values: str) -> str:
    """weights: (heads, rows, others); values: (others, heads, head width). (heads, rows, head width)."""
    return graph.add("FusedMatMul", weights, values, transBatchB=1, domain=MICROSOFT)
