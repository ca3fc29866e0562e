"""Mappers (networks/mapper.py) as graphs. Each returns the prefix, float (prefix length, width)."""

from __future__ import annotations

from earsight_training.bundles.attention_graphs import attend_within
from earsight_training.bundles.graph_builder import GraphBuilder, to_numpy
from earsight_training.networks.mapper import CellMapper, MlpMapper, TransformerMapper
from earsight_training.networks.transformer import Block


def cells_prefix(graph: GraphBuilder, cells: str, mapper: CellMapper) -> str:
    """Map a feature map.

    Args:
        graph: To add to.
        cells: Float (cells, channels).
        mapper: The network.
    """
    start = graph.floats(to_numpy(mapper.start)[None])
    return graph.add("Concat", graph.linear(cells, mapper.projection), start, axis=0)


def embedding_prefix(graph: GraphBuilder, embedding: str, mapper: MlpMapper | TransformerMapper) -> str:
    """Map an embedding.

    Args:
        graph: To add to.
        embedding: Float32 (1, numbers), not of unit length.
        mapper: The network.
    """
    if mapper.unit_length:
        embedding = graph.add("LpNormalization", embedding, axis=-1, p=2)
    x = graph.from_float32(embedding)
    return _mlp(graph, x, mapper) if isinstance(mapper, MlpMapper) else _transformer(graph, x, mapper)


def _mlp(graph: GraphBuilder, x: str, mapper: MlpMapper) -> str:
    inner = graph.add("Tanh", graph.linear(x, mapper.first))
    return graph.add(
        "Reshape", graph.linear(inner, mapper.second), graph.constant([mapper.prefix_length, -1])
    )


def _transformer(graph: GraphBuilder, x: str, mapper: TransformerMapper) -> str:
    length, width = mapper.clip_length, mapper.constants.shape[1]
    seen = graph.add("Reshape", graph.linear(x, mapper.linear), graph.constant([length, width]))
    x = graph.add("Concat", seen, graph.floats(to_numpy(mapper.constants)), axis=0)
    for block in mapper.blocks:
        assert isinstance(block, Block)
        x = _block(graph, x, block, width)
    return graph.add("Slice", x, graph.constant([length]), graph.constant([2 * 10**9]), graph.constant([0]))


def _block(graph: GraphBuilder, x: str, block: Block, width: int) -> str:
    packed = graph.linear(graph.layer_norm(x, block.attention_norm), block.queries_keys_values)
    seen = attend_within(graph, packed, block.heads, width)
    x = graph.add("Add", x, graph.linear(seen, block.attention_output))
    return graph.add("Add", x, feed_forward(graph, x, block))


def feed_forward(graph: GraphBuilder, x: str, block: Block) -> str:
    """Compute what the feed-forward part of a block adds to x.

    Args:
        graph: To add to.
        x: Float (rows, width).
        block: The network.
    """
    inner = graph.linear(graph.layer_norm(x, block.feed_norm), block.feed_in)
    activated = graph.add("Gelu", inner, approximate="tanh") if block.activation == "gelu" else None
    return graph.linear(activated or graph.add("Relu", inner), block.feed_out)
