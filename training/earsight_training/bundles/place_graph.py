"""The place graph of a bundle: an encoder's cells to the place, the ground and the presence of objects."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from earsight_bundle.graphs import CELLS, GROUNDS, PLACES, PRESENCE
from earsight_training.bundles.graph_builder import GraphBuilder
from earsight_training.networks.place_head import AHEAD, ROWS, PlaceHead


def place_graph(head: PlaceHead) -> onnx.ModelProto:
    """Build the graph, whose weights are kept as float16.

    Args:
        head: Fitted.

    Returns:
        A graph from cells, float32 (1, 49, channels), to the probabilities of places, float32 (places,), and
        of grounds, float32 (grounds,), and the log-odds of classes, float32 (classes,).
    """
    graph = GraphBuilder("int8-at-rest")
    channels = head.places.in_features
    cells = graph.add("Squeeze", CELLS, graph.constant([0]))
    whole = graph.add("ReduceMean", cells, graph.constant([0]))
    ahead = graph.add(
        "ReduceMean", graph.add("Gather", cells, graph.constant(AHEAD), axis=0), graph.constant([0])
    )
    _add(graph, "Sigmoid", graph.linear(whole, head.places), PLACES)
    _add(graph, "Softmax", graph.linear(ahead, head.grounds), GROUNDS)
    presence = graph.linear(cells, head.presence)
    graph.add("ReduceLogSumExp", presence, graph.constant([0]), output=PRESENCE, keepdims=0)
    outputs = {PLACES: head.places, GROUNDS: head.grounds, PRESENCE: head.presence}
    return graph.build(
        [helper.make_tensor_value_info(CELLS, TensorProto.FLOAT, [1, ROWS * ROWS, channels])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [layer.out_features])
            for name, layer in outputs.items()
        ],
    )


def _add(graph: GraphBuilder, operator: str, row: str, output: str) -> None:
    """Apply an operator to a row, float (1, numbers), and put it out as (numbers,)."""
    graph.add("Squeeze", graph.add(operator, row), graph.constant([0]), output=output)
