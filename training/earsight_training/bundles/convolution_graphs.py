"""Convolutions of the image encoders, with their batch norm folded in: in floats, or in integers."""

from __future__ import annotations

import numpy as np
from torch import nn

from earsight_training.bundles.graph_builder import GraphBuilder, quantise_symmetrically, to_numpy
from earsight_training.networks.efficientnet import PaddedConvolution

_END = np.iinfo(np.int64).max


def fold_batch_norm(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Fold a batch norm into the convolution before it.

    Args:
        convolution: Without a bias.
        norm: In eval mode.

    Returns:
        The weight, float32 (outputs, inputs, rows, columns), and the bias, float32 (outputs,).
    """
    assert norm.running_var is not None
    assert norm.running_mean is not None
    gain = to_numpy(norm.weight) / np.sqrt(to_numpy(norm.running_var) + norm.eps)
    bias = to_numpy(norm.bias) - to_numpy(norm.running_mean) * gain
    return to_numpy(convolution.weight) * gain[:, None, None, None], bias


class FloatConvolutions:
    """Float operations on feature maps (1, channels, rows, columns)."""

    def __init__(self, graph: GraphBuilder) -> None:
        """Add to a graph.

        Args:
            graph: To add to.
        """
        self._graph = graph

    def convolution(self, x: str, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
        """Convolve, with zeros around the map, by any stride and groups.

        Args:
            x: A feature map.
            convolution: Without a bias.
            norm: Follows it.
        """
        weight, bias = fold_batch_norm(convolution, norm)
        stored = self._graph.weight(weight, 0), self._graph.floats(bias)
        before = after = convolution.kernel_size[0] // 2
        if isinstance(convolution, PaddedConvolution):
            before, after = convolution.pads
        return self._graph.add(
            "Conv",
            x,
            *stored,
            strides=list(convolution.stride),
            group=convolution.groups,
            pads=[before, before, after, after],
        )

    def average_pooled(self, x: str) -> str:
        """Average 2 x 2 cells; rows and columns are even."""
        return self._graph.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])

    def cells(self, x: str, channels: int) -> str:
        """Flatten a map to (cells, channels), row by row."""
        flat = self._graph.add("Reshape", x, self._graph.constant([channels, -1]))
        return self._graph.add("Transpose", flat, perm=[1, 0])


class IntegerConvolutions:
    """Integer operations on feature maps (1, rows, columns, channels): convolutions of 1 x 1 and 3 x 3 by
    stride 1.

    A convolution is a matrix product here: of the cells, or of each cell with its eight neighbours. ONNX
    Runtime's integer matrix product is several times as fast as its float convolution where the processor has
    integer dot products; its own ConvInteger is slower than either; and the weights stay int8 in memory.
    """

    def __init__(self, graph: GraphBuilder) -> None:
        """Add to a graph.

        Args:
            graph: To add to.
        """
        self._graph = graph
        self._quantised: dict[str, tuple[str, str, str]] = {}

    def convolution(self, x: str, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
        """Convolve, with zeros around the map.

        Args:
            x: A feature map, float32.
            convolution: Without a bias.
            norm: Follows it.

        Returns:
            A feature map, float32.
        """
        q, step, zero = self._as_uint8(x)
        if convolution.kernel_size[0] > 1:
            q = self._neighbourhoods(q, zero)
        weight, bias = fold_batch_norm(convolution, norm)
        integers, scale = quantise_symmetrically(weight.transpose(2, 3, 1, 0).reshape(-1, len(weight)), 1)
        stored = self._graph.constant(integers, np.int8)
        return self._graph.matmul_integer(q, step, zero, stored, scale, self._graph.floats(bias))

    def _as_uint8(self, x: str) -> tuple[str, str, str]:
        """x as uint8, and its step and zero point: x = step * (uint8 - zero point)."""
        if x not in self._quantised:
            names = f"{x}_uint8", f"{x}_step", f"{x}_zero"
            self._graph.add_many("DynamicQuantizeLinear", [x], names)
            self._quantised[x] = names
        return self._quantised[x]

    def _neighbourhoods(self, q: str, zero: str) -> str:
        """Each cell's channels become those of the 3 x 3 cells around it, row by row."""
        padded = self._graph.add("Pad", q, self._graph.constant([0, 1, 1, 0, 0, 1, 1, 0]), zero)
        corners = [(row, column) for row in range(3) for column in range(3)]
        # Up to the last row but one, the last, the end: as many as the map has, from each corner.
        shifted = [self._part(padded, corner, [at - 2 or _END for at in corner], 1) for corner in corners]
        return self._graph.add("Concat", *shifted, axis=3)

    def _part(self, x: str, start: tuple[int, int], stop: list[int], step: int) -> str:
        of_rows_and_columns = [self._graph.constant(v) for v in (start, stop, [1, 2], [step, step])]
        return self._graph.add("Slice", x, *of_rows_and_columns)

    def average_pooled(self, x: str) -> str:
        """Average 2 x 2 cells; rows and columns are even."""
        corners = ((0, 0), (0, 1), (1, 0), (1, 1))
        total = self._graph.add("Sum", *(self._part(x, corner, [_END, _END], 2) for corner in corners))
        return self._graph.add("Mul", total, self._graph.floats(0.25))

    def cells(self, x: str, channels: int) -> str:
        """Flatten a map to (cells, channels), row by row."""
        return self._graph.add("Reshape", x, self._graph.constant([-1, channels]))


Convolutions = FloatConvolutions | IntegerConvolutions
