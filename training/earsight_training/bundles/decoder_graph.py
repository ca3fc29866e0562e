"""The decoder graph of a bundle: one step of decoding."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from earsight_training.bundles.graph import Format, Graph, array, rounded
from earsight_training.bundles.mapper_graphs import feed_forward
from earsight_training.networks.model import Decoder
from earsight_training.networks.transformer import Block


def decoder_graph(decoder: Decoder, weights: Format) -> onnx.ModelProto:
    """One step of decoding, for the prefix (all of it at once) or for one token of each beam.

    Inputs: prefix float (batch, p, width), tokens int64 (batch, t): one of p and t is 0 (and t at most 1);
    prefix_cache float (layers, 2, 1, heads, P, head width), shared by all beams; past (layers, 2, batch,
    heads, T, head width); k int64 (1,). Outputs: log_probs float32 and ids int64 (batch, k), the likeliest
    next tokens in descending order; present, past with this step's keys and values appended.
    """
    graph = Graph(weights)
    width, layers, heads = decoder.tokens.weight.shape[1], len(decoder.blocks), decoder.heads
    tokens = _TiedTokens(graph, array(decoder.tokens.weight))
    embedded = graph.add("Concat", "prefix", tokens.embedded("tokens"), axis=1)
    x = graph.add("Add", embedded, _positions(graph, embedded, array(decoder.positions.weight)))
    batch = graph.add("Shape", x, start=0, end=1)
    barred = _ahead(graph, x) if decoder.causal_prefix else None
    # Rows of all beams under each other, as matrix products take them.
    x = graph.add("Reshape", x, graph.constant([-1, width]))
    caches = []
    for index, block in enumerate(decoder.blocks):
        assert isinstance(block, Block)
        attended, cache = _attention(graph, x, block, index, batch, barred)
        x = graph.add("Add", x, attended)
        x = graph.add("Add", x, feed_forward(graph, x, block))
        caches.append(cache)
    graph.add("Concat", *caches, output="present", axis=0)
    shape = graph.add("Concat", batch, graph.constant([-1, width]), axis=0)
    last = graph.add("Gather", graph.add("Reshape", x, shape), graph.constant(-1), axis=1)
    logits = graph.to_float32(tokens.logits(graph.layer_norm(last, decoder.norm)))
    graph.add_many("TopK", [graph.add("LogSoftmax", logits, axis=-1), "k"], ["log_probs", "ids"], axis=-1)
    cache_shape = (layers, 2, "batch", heads)
    return graph.model(
        [
            graph.input_output("prefix", "batch", "p", width),
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "t"]),
            graph.input_output("prefix_cache", layers, 2, 1, heads, "P", width // heads),
            graph.input_output("past", *cache_shape, "T", width // heads),
            helper.make_tensor_value_info("k", TensorProto.INT64, [1]),
        ],
        [
            helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["batch", "k"]),
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "k"]),
            graph.input_output("present", *cache_shape, "T + p + t", width // heads),
        ],
    )


class _TiedTokens:
    """The tokens' vectors, float (vocabulary, width): the decoder's input, and the weights of its output."""

    def __init__(self, graph: Graph, vectors: np.ndarray) -> None:
        self._graph = graph
        if graph.weights == "int8":
            # In the order that the product wants: it is the product that takes the time.
            self._integers, self._scale = rounded(np.ascontiguousarray(vectors.T), 1)
            self._stored = graph.constant(self._integers, np.int8)
        else:
            self._stored = graph.weight(vectors, 0)

    def embedded(self, tokens: str) -> str:
        """tokens: int64 (batch, t). Returns float (batch, t, width)."""
        if self._graph.weights != "int8":
            return self._graph.add("Gather", self._stored, tokens, axis=0)
        chosen = self._graph.add("Gather", self._stored, tokens, axis=1)
        integers = self._graph.add("Transpose", chosen, perm=[1, 2, 0])
        scale = self._graph.add("Gather", self._graph.constant(self._scale[:, None], np.float32), tokens)
        return self._graph.add("Mul", self._graph.add("Cast", integers, to=TensorProto.FLOAT), scale)

    def logits(self, x: str) -> str:
        """x: float (rows, width). Returns float (rows, vocabulary)."""
        if self._graph.weights == "int8":
            return self._graph.integer_product(x, self._stored, self._integers, self._scale)
        return self._graph.add("MatMul", x, self._graph.add("Transpose", self._stored, perm=[1, 0]))


def _positions(graph: Graph, x: str, vectors: np.ndarray) -> str:
    """The vectors of x' positions, which go on from what both caches hold."""
    start = graph.add(
        "Add", *(graph.add("Shape", cache, start=4, end=5) for cache in ("prefix_cache", "past"))
    )
    stop = graph.add("Add", start, graph.add("Shape", x, start=1, end=2))
    return graph.add("Slice", graph.weight(vectors, 0), start, stop, graph.constant([0]))


def _ahead(graph: Graph, x: str) -> str:
    """What is added to scores of (n, T + n), so that none of the n positions of x sees those after it."""
    held = graph.add("Shape", "past", start=4, end=5)
    count = graph.add("Shape", x, start=1, end=2)
    shape = graph.add("Concat", count, graph.add("Add", held, count), axis=0)
    infinite = graph.add("Expand", graph.constant(-np.inf, np.float32), shape)
    first_barred = graph.add("Squeeze", graph.add("Add", held, graph.constant([1])))
    return graph.from_float32(graph.add("Trilu", infinite, first_barred, upper=1))


def _cache_part(graph: Graph, cache: str, layer: int, part: int) -> str:
    """cache[layer, part]: keys are part 0, values part 1."""
    of_layer = graph.add("Gather", cache, graph.constant(layer), axis=0)
    return graph.add("Gather", of_layer, graph.constant(part), axis=0)


def _attention(
    graph: Graph, x: str, block: Block, layer: int, batch: str, barred: str | None
) -> tuple[str, str]:
    """Attention over the shared prefix and this beam's own past. Returns its output, float (rows, width), and
    its new cache."""
    width, heads = block.attention_output.in_features, block.heads
    packed = graph.linear(graph.layer_norm(x, block.attention_norm), block.queries_keys_values)
    shape = graph.add("Concat", batch, graph.constant([-1, 3, heads, width // heads]), axis=0)
    parts = graph.add("Transpose", graph.add("Reshape", packed, shape), perm=[2, 0, 3, 1, 4])
    queries, keys, values = (graph.add("Gather", parts, graph.constant(i), axis=0) for i in range(3))
    keys = graph.add("Concat", _cache_part(graph, "past", layer, 0), keys, axis=2)
    values = graph.add("Concat", _cache_part(graph, "past", layer, 1), values, axis=2)
    prefix_keys = _cache_part(graph, "prefix_cache", layer, 0)
    prefix_values = _cache_part(graph, "prefix_cache", layer, 1)
    queries = graph.add("Mul", queries, graph.floats((width // heads) ** -0.5))
    on_prefix = graph.add("MatMul", queries, graph.add("Transpose", prefix_keys, perm=[0, 1, 3, 2]))
    on_past = graph.add("MatMul", queries, graph.add("Transpose", keys, perm=[0, 1, 3, 2]))
    if barred:
        on_past = graph.add("Add", on_past, barred)
    weights = graph.add("Softmax", graph.add("Concat", on_prefix, on_past, axis=-1), axis=-1)
    lengths = [graph.add("Shape", scores, start=3, end=4) for scores in (on_prefix, on_past)]
    sizes = graph.add("Concat", *lengths, axis=0)
    names = f"prefix_weights_{layer}", f"past_weights_{layer}"
    prefix_weights, past_weights = graph.add_many("Split", [weights, sizes], names, axis=-1)
    seen = graph.add(
        "Add",
        graph.add("MatMul", prefix_weights, prefix_values),
        graph.add("MatMul", past_weights, values),
    )
    merged = graph.add(
        "Reshape", graph.add("Transpose", seen, perm=[0, 2, 1, 3]), graph.constant([-1, width])
    )
    cache = [graph.add("Unsqueeze", part, graph.constant([0, 1])) for part in (keys, values)]
    return graph.linear(merged, block.attention_output), graph.add("Concat", *cache, axis=1)
