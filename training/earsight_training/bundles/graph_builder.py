"""ONNX graphs, built node by node.

Built rather than traced, so that a graph is exactly what docs/bundle.md says (named inputs, a cache that
beams share, log-probabilities and top-k inside) and its products can be integer ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from earsight_training.bundles.precision import Precision

OPSET = 20
MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

INT8_ARITHMETIC_FROM = 20_000_000
"""Weights of a graph from which int8 ones are computed with as they are. Fewer take little memory as float32
too, and are more exact."""

INT8_STORAGE_FROM = 100_000
"""Numbers of a weight from which int8 saves enough to be worth its error. Smaller ones, such as a depthwise
convolution's, are kept as float16: together they are a few hundred kilobytes, and most of the error."""

WeightFormat = Literal["float32", "float16", "int8", "int8-at-rest"]
"""How weights are stored and products computed: in float32 or float16 throughout; as int8 with integer
products; or (int8-at-rest) as int8 that becomes float32 when ONNX Runtime loads it and folds
DequantizeLinear."""


def weight_format(precision: Precision, *parts: nn.Module) -> WeightFormat:
    """Decide the format of a graph.

    Args:
        precision: The bundle's.
        parts: What the graph is made of; their number of weights decides.
    """
    weights = sum(parameter.numel() for part in parts for parameter in part.parameters())
    return "int8-at-rest" if precision == "int8" and weights < INT8_ARITHMETIC_FROM else precision


def to_numpy(parameter: Tensor) -> np.ndarray:
    """Return a parameter as float32."""
    values: np.ndarray = parameter.detach().float().numpy()
    return values


def quantise_symmetrically(values: np.ndarray, channel_axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Quantise a weight to int8, -127 to 127.

    Args:
        values: Float.
        channel_axis: Each index of this axis gets a scale of its own.

    Returns:
        The integers, and the scales, float32 (channels,).
    """
    others = tuple(axis for axis in range(values.ndim) if axis != channel_axis)
    scale = np.maximum(np.abs(values).max(others), 1e-12) / 127
    shape = [-1 if axis == channel_axis else 1 for axis in range(values.ndim)]
    return np.rint(values / scale.reshape(shape)).astype(np.int8), scale.astype(np.float32)


class GraphBuilder:
    """Nodes, constants and weights of a graph. Methods return the name of what they add.

    Attributes:
        weights: The format of the graph's weights.
        float_type: The graph's float type, of onnx.TensorProto.
    """

    def __init__(self, weights: WeightFormat) -> None:
        """Begin an empty graph.

        Args:
            weights: The format of its weights.
        """
        self.weights = weights
        self.float_type = TensorProto.FLOAT16 if weights == "float16" else TensorProto.FLOAT
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._count = 0

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add a node with one output.

        Args:
            operator: Of ONNX.
            inputs: Names.
            output: Its name; None makes one up.
            attributes: The node's, and its domain.
        """
        output = output or self._name(operator.lower())
        self.add_many(operator, inputs, [output], **attributes)
        return output

    def add_many(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
    ) -> Sequence[str]:
        """Add a node with several outputs.

        Args:
            operator: Of ONNX.
            inputs: Names.
            outputs: Names.
            attributes: The node's, and its domain.
        """
        self._nodes.append(helper.make_node(operator, list(inputs), list(outputs), **attributes))
        return outputs

    def constant(self, value: object, dtype: type = np.int64) -> str:
        """Add a constant.

        Args:
            value: Anything that numpy makes an array of.
            dtype: numpy's.
        """
        name = self._name("constant")
        self._initializers.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def floats(self, values: object) -> str:
        """Add a constant of the graph's float type."""
        return self.constant(values, np.float16 if self.weights == "float16" else np.float32)

    def weight(self, values: np.ndarray, channel_axis: int) -> str:
        """Add a float weight, which the formats of int8 store as such.

        Args:
            values: Float32.
            channel_axis: Each index of this axis gets a scale of its own.
        """
        if self.weights in ("float32", "float16"):
            return self.floats(values)
        if values.size < INT8_STORAGE_FROM:
            return self.add("Cast", self.constant(values, np.float16), to=TensorProto.FLOAT)
        integers, scale = quantise_symmetrically(values, channel_axis)
        stored = self.constant(integers, np.int8), self.constant(scale, np.float32)
        return self.add("DequantizeLinear", *stored, axis=channel_axis)

    def to_float32(self, x: str) -> str:
        """Cast from the graph's float type, where that is another."""
        return self._cast(x, TensorProto.FLOAT)

    def from_float32(self, x: str) -> str:
        """Cast to the graph's float type, where that is another."""
        return self._cast(x, self.float_type)

    def _cast(self, x: str, to: int) -> str:
        return x if self.float_type == TensorProto.FLOAT else self.add("Cast", x, to=to)

    def linear(self, x: str, layer: nn.Linear) -> str:
        """Apply a linear layer to x, (rows, inputs)."""
        bias = None if layer.bias is None else to_numpy(layer.bias)
        return self.product(x, to_numpy(layer.weight).T, bias)

    def product(self, x: str, matrix: np.ndarray, bias: np.ndarray | None = None) -> str:
        """Multiply by a weight.

        Args:
            x: Float (rows, inputs).
            matrix: Float32 (inputs, outputs).
            bias: Float32 (outputs,).
        """
        if self.weights == "int8":
            integers, scale = quantise_symmetrically(matrix, 1)
            y = self.integer_product(x, self.constant(integers, np.int8), scale)
        else:
            y = self.add("MatMul", x, self.weight(matrix, 1))
        return y if bias is None else self.add("Add", y, self.floats(bias))

    def integer_product(self, x: str, stored: str, scale: np.ndarray) -> str:
        """Multiply by an int8 matrix.

        Each row of x is quantised by itself, from minus to plus its largest number, since what one beam says
        must not depend on the others.

        Args:
            x: Float (rows, inputs).
            stored: int8 (inputs, outputs).
            scale: Float32 (outputs,).
        """
        largest = self.add("ReduceMax", self.add("Abs", x), self.constant([1]))
        # A row of zeros stays one.
        divisor = self.add("Max", largest, self.floats(1e-30))
        step, zero = self.floats(1 / 127), self.constant(128, np.uint8)
        q = self.add("QuantizeLinear", self.add("Div", x, divisor), step, zero)
        return self.add("Mul", self.matmul_integer(q, step, zero, stored, scale), divisor)

    def matmul_integer(self, q: str, step: str, zero: str, stored: str, scale: np.ndarray, *bias: str) -> str:
        """Multiply quantised numbers by an int8 matrix.

        Args:
            q: uint8 (..., inputs).
            step: Float; a number is (q - zero) * step.
            zero: uint8.
            stored: int8 (inputs, outputs).
            scale: Float32 (outputs,).
            bias: Float (outputs,), if there is one.

        Returns:
            Float32 (..., outputs).
        """
        # ONNX Runtime replaces the weights' zero point, which it needs to be there, on processors whose
        # products of uint8 and int8 overflow (session.x64quantprecision).
        weights_zero = self.constant(0, np.int8)
        scales = step, self.constant(scale, np.float32)
        zeros = zero, weights_zero
        return self.add("MatMulIntegerToFloat", q, stored, *scales, *zeros, *bias, domain=MICROSOFT)

    def layer_norm(self, x: str, layer: nn.LayerNorm) -> str:
        """Normalise the last axis of x."""
        scale, bias = (self.floats(to_numpy(p)) for p in (layer.weight, layer.bias))
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=layer.eps)

    def value_info(self, name: str, *shape: int | str) -> onnx.ValueInfoProto:
        """Describe an input or output of the graph's float type."""
        return helper.make_tensor_value_info(name, self.float_type, list(shape))

    def build(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """Finish the graph.

        Args:
            inputs: Of the graph.
            outputs: Of the graph.

        Raises:
            onnx.checker.ValidationError: The graph is malformed.
        """
        graph = helper.make_graph(self._nodes, "earsight", inputs, outputs, self._initializers)
        domains = [helper.make_opsetid("", OPSET)]
        if any(node.domain == MICROSOFT for node in self._nodes):
            domains.append(helper.make_opsetid(MICROSOFT, 1))
        model = helper.make_model(graph, opset_imports=domains, ir_version=9)
        onnx.checker.check_model(model)
        return model
