"""The detector graph of a bundle: pixels to the scores and the boxes of all cells."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper
from torch import Tensor, nn

from earsight_bundle.graphs import BOXES, PIXELS, SCORES
from earsight_training.bundles.graph_builder import GraphBuilder, WeightFormat, to_numpy
from earsight_training.networks.nanodet import (
    BINS,
    DEVIATION,
    LEAK,
    MEAN,
    STRIDES,
    Convolution,
    CrossStage,
    NanoDet,
)


def detector_graph(detector: NanoDet, side: int, weights: WeightFormat) -> onnx.ModelProto:
    """Build the graph.

    Args:
        detector: In eval mode.
        side: Pixels of the input's side.
        weights: The format of the weights.

    Returns:
        A graph from pixels, uint8 (1, side, side, 3), to scores, float32 (cells, classes), 0 to 1, and boxes,
        float32 (cells, 4): left, top, right, bottom in 0 to 1.
    """
    graph = GraphBuilder(weights)
    scores, boxes = [], []
    pyramid = _pyramid(graph, *_laterals(graph, detector))
    for x, level, stride in zip(pyramid, detector.levels, STRIDES, strict=True):
        outputs = level.head.out_channels
        x = _convolution(graph, _rectified(graph, x, level.tower), level.head)
        flat = graph.add("Transpose", graph.add("Reshape", x, graph.constant([outputs, -1])), perm=[1, 0])
        scores.append(graph.add("Sigmoid", _columns(graph, flat, 0, detector.classes)))
        bins = _columns(graph, flat, detector.classes, outputs)
        boxes.append(_corners(graph, bins, side, stride))
    graph.add("Cast", graph.add("Concat", *scores, axis=0), output=SCORES, to=TensorProto.FLOAT)
    corners = graph.to_float32(graph.add("Concat", *boxes, axis=0))
    graph.add("Clip", corners, graph.constant(0, np.float32), graph.constant(1, np.float32), output=BOXES)
    cells = sum((side // stride) ** 2 for stride in STRIDES)
    return graph.build(
        [helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, [1, side, side, 3])],
        [
            helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [cells, detector.classes]),
            helper.make_tensor_value_info(BOXES, TensorProto.FLOAT, [cells, 4]),
        ],
    )


def _laterals(graph: GraphBuilder, detector: NanoDet) -> list[str]:
    """Of each level its map, float (1, channels, rows, columns), as the pyramid takes it."""
    pixels = graph.add("Cast", PIXELS, to=graph.float_type)
    # The network reads blue, green, red: its first convolution is turned round, not the picture.
    mean, deviation = (np.array(values[::-1]).reshape(1, 3, 1, 1) for values in (MEAN, DEVIATION))
    centred = graph.add("Sub", graph.add("Transpose", pixels, perm=[0, 3, 1, 2]), graph.floats(mean))
    x = graph.add("Mul", centred, graph.floats(1 / deviation))
    x = _leaky(graph, _convolution(graph, x, detector.first.conv, detector.first.conv.weight.flip(1)))
    x = graph.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = _cross_stage(graph, _rectified(graph, x, detector.second), detector.stage)
    laterals = []
    for level in detector.levels:
        x = _cross_stage(graph, _rectified(graph, x, level.down), level.stage)
        laterals.append(_convolution(graph, x, level.lateral))
    return laterals


def _cross_stage(graph: GraphBuilder, x: str, stage: CrossStage) -> str:
    inner = x
    for first, second in stage.pairs():
        half = _rectified(graph, inner, first)
        inner = graph.add("Concat", _rectified(graph, half, second), half, axis=1)
    return graph.add("Concat", _rectified(graph, inner, stage.last), x, axis=1)


def _pyramid(graph: GraphBuilder, fine: str, middle: str, coarse: str) -> tuple[str, str, str]:
    """As NanoDet's."""
    middle = graph.add("Add", middle, _resized(graph, coarse, 2.0))
    fine = graph.add("Add", fine, _resized(graph, middle, 2.0))
    lower = graph.add("Add", middle, _resized(graph, fine, 0.5))
    return fine, lower, graph.add("Add", coarse, _resized(graph, lower, 0.5))


def _resized(graph: GraphBuilder, x: str, factor: float) -> str:
    scales = graph.constant([1.0, 1.0, factor, factor], np.float32)
    return graph.add("Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")


def _rectified(graph: GraphBuilder, x: str, layer: Convolution) -> str:
    return _leaky(graph, _convolution(graph, x, layer.conv))


def _leaky(graph: GraphBuilder, x: str) -> str:
    return graph.add("LeakyRelu", x, alpha=LEAK)


def _convolution(graph: GraphBuilder, x: str, layer: nn.Conv2d, weight: Tensor | None = None) -> str:
    """weight: in place of the layer's."""
    assert layer.bias is not None
    values = to_numpy(layer.weight if weight is None else weight)
    stored = graph.weight(values, 0), graph.floats(to_numpy(layer.bias))
    around = layer.kernel_size[0] // 2
    return graph.add("Conv", x, *stored, strides=list(layer.stride), pads=[around] * 4)


def _columns(graph: GraphBuilder, x: str, begin: int, end: int) -> str:
    return graph.add("Slice", x, *(graph.constant([value]) for value in (begin, end, 1)))


def _corners(graph: GraphBuilder, bins: str, side: int, stride: int) -> str:
    """The boxes of one grid, float (cells, 4), in 0 to 1, from the bins' log-weights, (cells, 4 * BINS)."""
    weights = graph.add("Softmax", graph.add("Reshape", bins, graph.constant([-1, 4, BINS])), axis=-1)
    steps = graph.floats(np.arange(BINS).reshape(BINS, 1) * stride / side)
    distances = graph.add("Reshape", graph.add("MatMul", weights, steps), graph.constant([-1, 4]))
    line = (np.arange(side // stride) + 0.5) * stride / side
    y, x = np.meshgrid(line, line, indexing="ij")
    middles = graph.floats(np.stack([x, y, x, y], -1).reshape(-1, 4))
    signed = graph.add("Mul", distances, graph.floats([-1.0, -1.0, 1.0, 1.0]))
    return graph.add("Add", middles, signed)
