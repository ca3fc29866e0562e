"""CLIP's image towers (networks/clip_networks.py) as graphs."""

from __future__ import annotations

from torch import nn

from earsight_training.bundles.attention_graphs import attend, attend_within
from earsight_training.bundles.convolution_graphs import Convolutions, FloatConvolutions, IntegerConvolutions
from earsight_training.bundles.graph_builder import GraphBuilder, to_numpy
from earsight_training.networks.clip_networks import (
    HEAD_WIDTH,
    AttentionPool,
    Bottleneck,
    ClipResNet,
    ClipVisionTransformer,
    Normalisation,
    TransformerBlock,
)
from earsight_training.networks.encoders import ClipEncoder


def clip_embedding(graph: GraphBuilder, pixels: str, tower: ClipEncoder) -> str:
    """Embed an image.

    Args:
        graph: To add to.
        pixels: Float (1, 3, side, side), 0 to 255.
        tower: The network.

    Returns:
        Float (1, numbers), not of unit length.
    """
    x = _normalised(graph, pixels, tower.normalisation)
    return _resnet(graph, x, tower) if isinstance(tower, ClipResNet) else _vision_transformer(graph, x, tower)


def _normalised(graph: GraphBuilder, pixels: str, normalisation: Normalisation) -> str:
    centred = graph.add("Sub", pixels, graph.floats(to_numpy(normalisation.mean)))
    return graph.add("Div", centred, graph.floats(to_numpy(normalisation.std)))


def _resnet(graph: GraphBuilder, x: str, tower: ClipResNet) -> str:
    # The stem stays in floats: it has many cells, few channels and next to no weights.
    floats = FloatConvolutions(graph)
    for layer, norm in ((tower.conv1, tower.bn1), (tower.conv2, tower.bn2), (tower.conv3, tower.bn3)):
        x = graph.add("Relu", floats.convolution(x, layer, norm))
    x = floats.average_pooled(x)
    maps: Convolutions = floats
    if graph.weights == "int8":
        x, maps = graph.add("Transpose", x, perm=[0, 2, 3, 1]), IntegerConvolutions(graph)
    for stage in (tower.layer1, tower.layer2, tower.layer3, tower.layer4):
        for block in stage:
            assert isinstance(block, Bottleneck)
            x = _bottleneck(graph, maps, x, block)
    channels = tower.attnpool.positional_embedding.shape[1]
    return _attention_pool(graph, maps.cells(x, channels), tower.attnpool)


def _bottleneck(graph: GraphBuilder, maps: Convolutions, x: str, block: Bottleneck) -> str:
    inner = graph.add("Relu", maps.convolution(x, block.conv1, block.bn1))
    inner = graph.add("Relu", maps.convolution(inner, block.conv2, block.bn2))
    if isinstance(block.avgpool, nn.AvgPool2d):
        inner, x = maps.average_pooled(inner), maps.average_pooled(x)
    inner = maps.convolution(inner, block.conv3, block.bn3)
    if isinstance(block.downsample, nn.Sequential):
        convolution, norm = block.downsample
        assert isinstance(convolution, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        x = maps.convolution(x, convolution, norm)
    return graph.add("Relu", graph.add("Add", inner, x))


def _attention_pool(graph: GraphBuilder, cells: str, pool: AttentionPool) -> str:
    """cells: (cells, width). Only the query of the mean is needed. Returns (1, numbers)."""
    mean = graph.add("ReduceMean", cells, graph.constant([0]))
    with_mean = graph.add("Concat", mean, cells, axis=0)
    x = graph.add("Add", with_mean, graph.floats(to_numpy(pool.positional_embedding)))
    first = graph.add("Slice", x, *(graph.constant([at]) for at in (0, 1, 0)))
    queries, keys, values = (
        graph.linear(of, layer) for of, layer in ((first, pool.q_proj), (x, pool.k_proj), (x, pool.v_proj))
    )
    width = pool.positional_embedding.shape[1]
    return graph.linear(attend(graph, queries, keys, values, width // HEAD_WIDTH, width), pool.c_proj)


def _vision_transformer(graph: GraphBuilder, x: str, tower: ClipVisionTransformer) -> str:
    width, _, *patch = tower.conv1.weight.shape
    patches = graph.add("Conv", x, graph.weight(to_numpy(tower.conv1.weight), 0), strides=patch)
    rows = FloatConvolutions(graph).cells(patches, width)
    summary = graph.floats(to_numpy(tower.class_embedding)[None])
    embedded = graph.add("Concat", summary, rows, axis=0)
    x = graph.add("Add", embedded, graph.floats(to_numpy(tower.positional_embedding)))
    x = graph.layer_norm(x, tower.ln_pre)
    for block in tower.transformer.resblocks:
        assert isinstance(block, TransformerBlock)
        x = _transformer_block(graph, x, block, width)
    first = graph.add("Slice", x, *(graph.constant([at]) for at in (0, 1, 0)))
    return graph.product(graph.layer_norm(first, tower.ln_post), to_numpy(tower.proj))


def _transformer_block(graph: GraphBuilder, x: str, block: TransformerBlock, width: int) -> str:
    attention = block.attn
    bias = to_numpy(attention.in_proj_bias)
    packed = graph.product(graph.layer_norm(x, block.ln_1), to_numpy(attention.in_proj_weight).T, bias)
    seen = attend_within(graph, packed, width // HEAD_WIDTH, width)
    x = graph.add("Add", x, graph.linear(seen, attention.out_proj))
    feed_in, _, feed_out = block.mlp
    assert isinstance(feed_in, nn.Linear)
    assert isinstance(feed_out, nn.Linear)
    fed = graph.linear(graph.layer_norm(x, block.ln_2), feed_in)
    gate = graph.add("Sigmoid", graph.add("Mul", fed, graph.floats(1.702)))  # QuickGelu
    return graph.add("Add", x, graph.linear(graph.add("Mul", fed, gate), feed_out))
