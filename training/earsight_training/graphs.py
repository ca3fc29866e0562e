"""The ONNX graphs of a bundle, written node by node.

Written rather than traced, so that the graph is exactly what the daemon's contract says (see
docs/bundle.md): named inputs, a cache that is shared between beams, log-probabilities and top-k inside.

Weights are stored as int8 with one scale an output channel, or as float32. The int8 ones become float32
when ONNX Runtime folds constants at load: small on disk, and as exact and fast as float32 when they run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from earsight_training.encoders import ConvEncoder, ResidualBlock
from earsight_training.mapper import CellMapper
from earsight_training.model import CaptionModel
from earsight_training.transformer import Block

OPSET = 20


def _array(parameter: object) -> np.ndarray:
    return parameter.detach().float().numpy()  # type: ignore[attr-defined,no-any-return]


class Graph:
    """Nodes, constants and weights under construction. Methods return the name of what they add."""

    def __init__(self, int8: bool) -> None:
        self._int8 = int8
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._count = 0

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or self._name(operator.lower())
        self.add_many(operator, inputs, [output], **attributes)
        return output

    def add_many(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
    ) -> Sequence[str]:
        """A node with several outputs, named by the caller."""
        self._nodes.append(helper.make_node(operator, list(inputs), list(outputs), **attributes))
        return outputs

    def constant(self, value: object, dtype: type = np.int64) -> str:
        name = self._name("constant")
        self._initializers.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def weight(self, values: np.ndarray, channel_axis: int) -> str:
        """A weight, in int8 with a scale for each index of channel_axis where the graph is int8."""
        if not self._int8:
            return self.constant(values, np.float32)
        others = tuple(axis for axis in range(values.ndim) if axis != channel_axis)
        scale = np.maximum(np.abs(values).max(others), 1e-12) / 127
        shape = [-1 if axis == channel_axis else 1 for axis in range(values.ndim)]
        rounded = np.clip(np.rint(values / scale.reshape(shape)), -127, 127)
        return self.add(
            "DequantizeLinear",
            self.constant(rounded, np.int8),
            self.constant(scale, np.float32),
            axis=channel_axis,
        )

    def linear(self, x: str, layer: nn.Linear) -> str:
        product = self.add("MatMul", x, self.weight(_array(layer.weight).T, 1))
        return self.add("Add", product, self.constant(_array(layer.bias), np.float32))

    def layer_norm(self, x: str, layer: nn.LayerNorm) -> str:
        scale, bias = (self.constant(_array(p), np.float32) for p in (layer.weight, layer.bias))
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=layer.eps)

    def model(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = helper.make_graph(self._nodes, "earsight", inputs, outputs, self._initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(model)
        return model


def _convolution(graph: Graph, x: str, layer: nn.Sequential) -> str:
    """A convolution with its batch norm folded in."""
    convolution, norm = layer
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    gain = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    weight = graph.weight(_array(convolution.weight) * gain[:, None, None, None], 0)
    bias = graph.constant(_array(norm.bias) - _array(norm.running_mean) * gain, np.float32)
    pads = [convolution.kernel_size[0] // 2] * 4
    return graph.add("Conv", x, weight, bias, strides=list(convolution.stride), pads=pads)


def _residual(graph: Graph, x: str, block: ResidualBlock) -> str:
    inner = graph.add("Relu", _convolution(graph, x, block.first))
    inner = _convolution(graph, inner, block.second)
    if isinstance(block.shortcut, nn.Sequential):
        x = _convolution(graph, x, block.shortcut)
    return graph.add("Relu", graph.add("Add", inner, x))


def _features(graph: Graph, x: str, encoder: ConvEncoder) -> str:
    for layer in encoder.layers:
        if isinstance(layer, ResidualBlock):
            x = _residual(graph, x, layer)
        elif isinstance(layer, nn.Sequential):
            x = _convolution(graph, x, layer)
        else:
            x = graph.add("Relu", x)
    return x


def encoder_graph(
    model: CaptionModel, side: int, embedding_mean: np.ndarray, int8: bool
) -> onnx.ModelProto:
    """pixels: uint8 (1, side, side, 3) -> prefix: float (1, cells + 1, width), embedding: (1, channels).

    The embedding is the mean of the map's cells less embedding_mean (their mean over the training photos),
    of unit length: so the cosine of two photos is near 0 when they have no more in common than any two.
    """
    graph = Graph(int8)
    encoder, mapper = model.encoder, model.mapper
    assert isinstance(encoder, ConvEncoder)
    assert isinstance(mapper, CellMapper)
    pixels = graph.add("Cast", "pixels", to=TensorProto.FLOAT)
    x = graph.add("Transpose", pixels, perm=[0, 3, 1, 2])
    scaled = graph.add("Div", x, graph.constant(127.5, np.float32))
    features = _features(graph, graph.add("Sub", scaled, graph.constant(1.0, np.float32)), encoder)
    flat = graph.add("Reshape", features, graph.constant([1, encoder.channels, -1]))
    cells = graph.add("Transpose", flat, perm=[0, 2, 1])
    start = graph.constant(_array(mapper.start)[None, None], np.float32)
    graph.add("Concat", graph.linear(cells, mapper.projection), start, output="prefix", axis=1)
    mean = graph.add("ReduceMean", cells, graph.constant([1]), keepdims=0)
    centred = graph.add("Sub", mean, graph.constant(embedding_mean, np.float32))
    graph.add("LpNormalization", centred, output="embedding", axis=-1, p=2)
    width = mapper.start.shape[0]
    return graph.model(
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, side, side, 3])],
        [
            _floats("prefix", 1, mapper.prefix_length, width),
            _floats("embedding", 1, encoder.channels),
        ],
    )


def _floats(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def _cache_part(graph: Graph, cache: str, layer: int, part: int) -> str:
    """cache[layer, part]: keys are part 0, values part 1."""
    of_layer = graph.add("Gather", cache, graph.constant(layer), axis=0)
    return graph.add("Gather", of_layer, graph.constant(part), axis=0)


def _attention(graph: Graph, x: str, block: Block, layer: int, width: int) -> tuple[str, str]:
    """Attention over the shared prefix and this beam's own past. Returns its output and its new cache."""
    packed = graph.linear(graph.layer_norm(x, block.attention_norm), block.queries_keys_values)
    split = graph.add("Reshape", packed, graph.constant([0, 0, 3, block.heads, width // block.heads]))
    parts = graph.add("Transpose", split, perm=[2, 0, 3, 1, 4])
    queries, keys, values = (graph.add("Gather", parts, graph.constant(i), axis=0) for i in range(3))
    keys = graph.add("Concat", _cache_part(graph, "past", layer, 0), keys, axis=2)
    values = graph.add("Concat", _cache_part(graph, "past", layer, 1), values, axis=2)
    prefix_keys = _cache_part(graph, "prefix_cache", layer, 0)
    prefix_values = _cache_part(graph, "prefix_cache", layer, 1)
    scale = graph.constant((width // block.heads) ** -0.5, np.float32)
    queries = graph.add("Mul", queries, scale)
    on_prefix = graph.add("MatMul", queries, graph.add("Transpose", prefix_keys, perm=[0, 1, 3, 2]))
    on_past = graph.add("MatMul", queries, graph.add("Transpose", keys, perm=[0, 1, 3, 2]))
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
        "Reshape", graph.add("Transpose", seen, perm=[0, 2, 1, 3]), graph.constant([0, 0, width])
    )
    cache = [graph.add("Unsqueeze", part, graph.constant([0, 1])) for part in (keys, values)]
    return graph.linear(merged, block.attention_output), graph.add("Concat", *cache, axis=1)


def _embed(graph: Graph, model: CaptionModel, tokens: str) -> str:
    """Prefix and tokens with their positions, which go on from what both caches hold."""
    embedded = graph.add("Gather", tokens, "tokens", axis=0)
    x = graph.add("Concat", "prefix", embedded, axis=1)
    cached = [graph.add("Shape", cache, start=4, end=5) for cache in ("prefix_cache", "past")]
    start = graph.add("Add", *cached)
    stop = graph.add("Add", start, graph.add("Shape", x, start=1, end=2))
    positions = graph.weight(_array(model.decoder.positions.weight), 0)
    return graph.add("Add", x, graph.add("Slice", positions, start, stop, graph.constant([0])))


def decoder_graph(model: CaptionModel, int8: bool) -> onnx.ModelProto:
    """One step of decoding, for the prefix (all of it at once) or for one token of each beam.

    Inputs: prefix float (batch, p, width), tokens int64 (batch, t): one of p and t is 0 (and t at most 1);
    prefix_cache float (layers, 2, 1, heads, P, head width), shared by all beams; past (layers, 2, batch,
    heads, T, head width); k int64 (1,). Outputs: log_probs float and ids int64 (batch, k), the likeliest
    next tokens in descending order; present, past with this step's keys and values appended.
    """
    graph = Graph(int8)
    decoder, width = model.decoder, model.decoder.norm.weight.shape[0]
    tokens = graph.weight(_array(decoder.tokens.weight), 0)
    x = _embed(graph, model, tokens)
    caches = []
    for index, block in enumerate(decoder.blocks):
        assert isinstance(block, Block)
        attended, cache = _attention(graph, x, block, index, width)
        x = graph.add("Add", x, attended)
        fed = graph.linear(graph.layer_norm(x, block.feed_norm), block.feed_in)
        x = graph.add("Add", x, graph.linear(graph.add("Gelu", fed, approximate="tanh"), block.feed_out))
        caches.append(cache)
    graph.add("Concat", *caches, output="present", axis=0)
    last = graph.add("Gather", x, graph.constant(-1), axis=1)
    logits = graph.add(
        "MatMul", graph.layer_norm(last, decoder.norm), graph.add("Transpose", tokens, perm=[1, 0])
    )
    log_probs = graph.add("LogSoftmax", logits, axis=-1)
    graph.add_many("TopK", [log_probs, "k"], ["log_probs", "ids"], axis=-1)
    layers, heads = len(decoder.blocks), decoder.heads
    cache_shape = (layers, 2, "batch", heads)
    return graph.model(
        [
            _floats("prefix", "batch", "p", width),
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "t"]),
            _floats("prefix_cache", layers, 2, 1, heads, "P", width // heads),
            _floats("past", *cache_shape, "T", width // heads),
            helper.make_tensor_value_info("k", TensorProto.INT64, [1]),
        ],
        [
            _floats("log_probs", "batch", "k"),
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "k"]),
            _floats("present", *cache_shape, "T + p + t", width // heads),
        ],
    )
