"""Attention among all positions, as the mapper's blocks and CLIP's image towers have it."""

from __future__ import annotations

from earsight_training.bundles.graph_builder import GraphBuilder


def attend(graph: GraphBuilder, queries: str, keys: str, values: str, heads: int, width: int) -> str:
    """Add multi-head attention without a mask.

    Args:
        graph: To add to.
        queries: Float (n, width).
        keys: Float (m, width).
        values: Float (m, width).
        heads: Of the attention.
        width: A multiple of heads.

    Returns:
        Float (n, width).
    """
    split = graph.constant([-1, heads, width // heads])
    scaled = graph.add("Mul", queries, graph.floats((width // heads) ** -0.5))
    by_head = [graph.add("Reshape", x, split) for x in (scaled, keys, values)]
    permutations = ([1, 0, 2], [1, 2, 0], [1, 0, 2])  # keys are transposed for the product
    queries, keys, values = (
        graph.add("Transpose", x, perm=perm) for x, perm in zip(by_head, permutations, strict=True)
    )
    weights = graph.add("Softmax", graph.add("MatMul", queries, keys), axis=-1)
    seen = graph.add("Transpose", graph.add("MatMul", weights, values), perm=[1, 0, 2])
    return graph.add("Reshape", seen, graph.constant([-1, width]))


def attend_within(graph: GraphBuilder, packed: str, heads: int, width: int) -> str:
    """Add self-attention.

    Args:
        graph: To add to.
        packed: Float (n, 3 * width): queries, keys and values of each row.
        heads: Of the attention.
        width: A multiple of heads.

    Returns:
        Float (n, width).
    """
    parts = [f"{packed}_{name}" for name in ("queries", "keys", "values")]
    queries, keys, values = graph.add_many("Split", [packed], parts, axis=1, num_outputs=3)
    return attend(graph, queries, keys, values, heads, width)
