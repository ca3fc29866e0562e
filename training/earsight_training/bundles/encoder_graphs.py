"""The encoder graph of a bundle: pixels to the decoder's prefix and an embedding."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper
from torch import nn

from earsight_bundle.graphs import CELLS, EMBEDDING, PIXELS, PREFIX
from earsight_training.bundles.clip_graphs import clip_embedding
from earsight_training.bundles.convolution_graphs import FloatConvolutions
from earsight_training.bundles.graph_builder import GraphBuilder, WeightFormat
from earsight_training.bundles.mapper_graphs import cells_prefix, embedding_prefix
from earsight_training.networks.conv_encoder import ConvEncoder, ResidualBlock
from earsight_training.networks.efficientnet import EfficientNetLite, InvertedResidual
from earsight_training.networks.encoders import FeatureMapEncoder, ImageEncoder
from earsight_training.networks.mapper import AnyMapper, BundleMapper, CellMapper


def encoder_graph(
    encoder: ImageEncoder, mapper: AnyMapper, side: int, embedding_mean: np.ndarray, weights: WeightFormat
) -> onnx.ModelProto:
    """Build the graph.

    The embedding is CLIP's, or the mean over the cells of the feature map, less its mean over the training
    photos, of unit length: so the cosine of two photos is near 0 when they have no more in common than any
    two.

    Args:
        encoder: In eval mode.
        mapper: In eval mode.
        side: Pixels of the input's side.
        embedding_mean: Float32 (numbers,), over the training photos.
        weights: The format of the weights.

    Returns:
        A graph from pixels, uint8 (1, side, side, 3), to prefix, float (1, prefix length, width), embedding,
        float32 (1, numbers), and, of an encoder with a feature map, cells, float32 (1, cells, channels).
    """
    graph = GraphBuilder(weights)
    prefix, embedding, cells = _prefix_embedding_cells(graph, encoder, mapper)
    graph.add("Unsqueeze", prefix, graph.constant([0]), output=PREFIX)
    centred = graph.add("Sub", embedding, graph.constant(embedding_mean, np.float32))
    graph.add("LpNormalization", centred, output=EMBEDDING, axis=-1, p=2)
    outputs = [
        graph.value_info(PREFIX, 1, mapper.prefix_length, "width"),
        helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, [1, len(embedding_mean)]),
    ]
    if cells is not None:
        graph.add("Unsqueeze", graph.to_float32(cells), graph.constant([0]), output=CELLS)
        outputs.append(
            helper.make_tensor_value_info(CELLS, TensorProto.FLOAT, [1, "cells", len(embedding_mean)])
        )
    return graph.build(
        [helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, [1, side, side, 3])], outputs
    )


def _prefix_embedding_cells(
    graph: GraphBuilder, encoder: ImageEncoder, mapper: AnyMapper
) -> tuple[str, str, str | None]:
    """The prefix, float (prefix length, width), the embedding, float32 (1, numbers), of no set length, and
    the cells, float (cells, channels), if the encoder has any."""
    pixels = graph.add("Cast", PIXELS, to=graph.float_type)
    x = graph.add("Transpose", pixels, perm=[0, 3, 1, 2])
    if isinstance(encoder, FeatureMapEncoder):
        assert isinstance(mapper, CellMapper)
        cells = FloatConvolutions(graph).cells(_features(graph, x, encoder), encoder.channels)
        prefix = cells_prefix(graph, cells, mapper)
        return prefix, graph.to_float32(graph.add("ReduceMean", cells, graph.constant([0]))), cells
    assert not isinstance(mapper, CellMapper | BundleMapper)
    embedding = graph.to_float32(clip_embedding(graph, x, encoder))
    return embedding_prefix(graph, embedding, mapper), embedding, None


def _features(graph: GraphBuilder, x: str, encoder: FeatureMapEncoder) -> str:
    """x: float (1, 3, side, side), 0 to 255. Returns the feature map, (1, channels, side / 32, side / 32)."""
    maps = FloatConvolutions(graph)
    if isinstance(encoder, EfficientNetLite):
        return _efficientnet(graph, maps, x, encoder)
    return _residual_network(graph, maps, x, encoder)


def _residual_network(graph: GraphBuilder, maps: FloatConvolutions, x: str, encoder: ConvEncoder) -> str:
    """As _features()."""
    scaled = graph.add("Div", x, graph.floats(127.5))
    x = graph.add("Sub", scaled, graph.floats(1.0))
    for layer in encoder.layers:
        if isinstance(layer, ResidualBlock):
            x = _residual(graph, maps, x, layer)
        elif isinstance(layer, nn.Sequential):
            x = _convolution(maps, x, layer)
        else:
            x = graph.add("Relu", x)
    return x


def _residual(graph: GraphBuilder, maps: FloatConvolutions, x: str, block: ResidualBlock) -> str:
    inner = graph.add("Relu", _convolution(maps, x, block.first))
    inner = _convolution(maps, inner, block.second)
    if isinstance(block.shortcut, nn.Sequential):
        x = _convolution(maps, x, block.shortcut)
    return graph.add("Relu", graph.add("Add", inner, x))


def _convolution(maps: FloatConvolutions, x: str, layer: nn.Sequential) -> str:
    convolution, norm = layer
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    return maps.convolution(x, convolution, norm)


def _efficientnet(graph: GraphBuilder, maps: FloatConvolutions, x: str, encoder: EfficientNetLite) -> str:
    """As _features()."""
    centred = graph.add("Sub", x, graph.floats(127.0))
    scaled = graph.add("Div", centred, graph.floats(128.0))
    x = _up_to_6(graph, maps.convolution(scaled, encoder.stem, encoder.stem_norm))
    for block in encoder.blocks:
        assert isinstance(block, InvertedResidual)
        x = _inverted_residual(graph, maps, x, block)
    return _up_to_6(graph, maps.convolution(x, encoder.head, encoder.head_norm))


def _inverted_residual(graph: GraphBuilder, maps: FloatConvolutions, x: str, block: InvertedResidual) -> str:
    inner = x
    if block.expand is not None and block.expand_norm is not None:
        inner = _up_to_6(graph, maps.convolution(inner, block.expand, block.expand_norm))
    inner = _up_to_6(graph, maps.convolution(inner, block.depthwise, block.depthwise_norm))
    inner = maps.convolution(inner, block.project, block.project_norm)
    return graph.add("Add", x, inner) if block.shortcut else inner


def _up_to_6(graph: GraphBuilder, x: str) -> str:
    return graph.add("Clip", x, graph.floats(0.0), graph.floats(6.0))
