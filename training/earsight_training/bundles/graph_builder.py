"""ONNX graphs, built node by node.

Written rather than traced, so that a graph is exactly what the daemon's contract says (docs/bundle.md): named
inputs, a cache that is shared between beams, log-probabilities and top-k inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 20
MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

INT8_ARITHMETIC_FROM = 20_000_000
"""Weights of a graph from which int8 ones are computed with as they are: fewer take little memory as float32
too, and are more exact."""

INT8_STORAGE_FROM = 100_000
"""Numbers of a weight from which int8 saves enough to be worth its error. Smaller ones, such as a depthwise
convolution's, are kept as float16: together they are a few hundred kilobytes, and most of the error."""

Precision = Literal["float32", "int8", "float16"]
"""What a bundle is made for: exactness, small memory on a CPU, GPUs."""

WeightFormat = Literal["float32", "float16", "int8", "int8-at-rest"]
"""What weights are and what products are computed in: all in float32 or float16; int8 weights in integer
arithmetic; or int8 weights that become float32 when ONNX Runtime loads them and folds DequantizeLinear."""


def weight_format(precision: Precision, *parts: nn.Module) -> WeightFormat:
    """Of the graph that these parts become."""
    weights = sum(parameter.numel() for part in parts for parameter in part.parameters())
    return "int8-at-rest" if precision == "int8" and weights < INT8_ARITHMETIC_FROM else precision


def to_numpy(parameter: Tensor) -> np.ndarray:
    """A parameter as float32."""
    values: np.ndarray = parameter.detach().float().numpy()
    return values


def quantise_symmetrically(values: np.ndarray, channel_axis: int) -> tuple[np.ndarray, np.ndarray]:
    """values in int8, -127..127, and the float32 scale of each index of channel_axis."""
    others = tuple(axis for axis in range(values.ndim) if axis != channel_axis)
    scale = np.maximum(np.abs(values).max(others), 1e-12) / 127
    shape = [-1 if axis == channel_axis else 1 for axis in range(values.ndim)]
    return np.rint(values / scale.reshape(shape)).astype(np.int8), scale.astype(np.float32)


class GraphBuilder:
    """Nodes, constants and weights under construction. Methods return the name of what they add."""

    def __init__(self, weights: WeightFormat) -> None:
        self.weights = weights
        self.float_type = TensorProto.FLOAT16 if weights == "float16" else TensorProto.FLOAT
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
        self._initializers.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def floats(self, values: object) -> str:
        """A constant of the graph's float type."""
        return self.constant(values, np.float16 if self.weights == "float16" else np.float32)

    def weight(self, values: np.ndarray, channel_axis: int) -> str:
        """A float weight. In formats of int8 it is stored so, with a scale for each index of channel_axis."""
        if self.weights in ("float32", "float16"):
            return self.floats(values)
        if values.size < INT8_STORAGE_FROM:
            return self.add("Cast", self.constant(values, np.float16), to=TensorProto.FLOAT)
        integers, scale = quantise_symmetrically(values, channel_axis)
        stored = self.constant(integers, np.int8), self.constant(scale, np.float32)
        return self.add("DequantizeLinear", *stored, axis=channel_axis)

    def to_float32(self, x: str) -> str:
        return self._cast(x, TensorProto.FLOAT)

    def from_float32(self, x: str) -> str:
        return self._cast(x, self.float_type)

    def _cast(self, x: str, to: int) -> str:
        return x if self.float_type == TensorProto.FLOAT else self.add("Cast", x, to=to)

    def linear(self, x: str, layer: nn.Linear) -> str:
        """x: (rows, inputs)."""
        bias = None if layer.bias is None else to_numpy(layer.bias)
        return self.product(x, to_numpy(layer.weight).T, bias)

    def product(self, x: str, matrix: np.ndarray, bias: np.ndarray | None = None) -> str:
        """x: (rows, inputs); matrix: (inputs, outputs)."""
        if self.weights == "int8":
            integers, scale = quantise_symmetrically(matrix, 1)
            y = self.integer_product(x, self.constant(integers, np.int8), scale)
        else:
            y = self.add("MatMul", x, self.weight(matrix, 1))
        return y if bias is None else self.add("Add", y, self.floats(bias))

    def integer_product(self, x: str, stored: str, scale: np.ndarray) -> str:
        """x (rows, inputs) times a matrix (inputs, outputs) of int8 with a scale for each output.

        Every row of x is quantised by itself, from minus to plus its largest number, as what one beam says
        must not depend on the others.
        """
        largest = self.add("ReduceMax", self.add("Abs", x), self.constant([1]))
        # A row of zeros stays one.
        divisor = self.add("Max", largest, self.floats(1e-30))
        step, zero = self.floats(1 / 127), self.constant(128, np.uint8)
        q = self.add("QuantizeLinear", self.add("Div", x, divisor), step, zero)
        return self.add("Mul", self.matmul_integer(q, step, zero, stored, scale), divisor)

    def matmul_integer(self, q: str, step: str, zero: str, stored: str, scale: np.ndarray, *bias: str) -> str:
        """(q - zero) * step, of uint8, times a matrix of int8 with a scale for each output; float32."""
        # ONNX Runtime replaces the weights' zero point, which it needs to be there, on processors whose
        # products of uint8 and int8 overflow (session.x64quantprecision).
        weights_zero = self.constant(0, np.int8)
        scales = step, self.constant(scale, np.float32)
        zeros = zero, weights_zero
        return self.add("MatMulIntegerToFloat", q, stored, *scales, *zeros, *bias, domain=MICROSOFT)

    def layer_norm(self, x: str, layer: nn.LayerNorm) -> str:
        scale, bias = (self.floats(to_numpy(p)) for p in (layer.weight, layer.bias))
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=layer.eps)

    def value_info(self, name: str, *shape: int | str) -> onnx.ValueInfoProto:
        """An input or output of the graph's float type."""
        return helper.make_tensor_value_info(name, self.float_type, list(shape))

    def build(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = helper.make_graph(self._nodes, "earsight", inputs, outputs, self._initializers)
        domains = [helper.make_opsetid("", OPSET)]
        if any(node.domain == MICROSOFT for node in self._nodes):
            domains.append(helper.make_opsetid(MICROSOFT, 1))
        model = helper.make_model(graph, opset_imports=domains, ir_version=9)
        onnx.checker.check_model(model)
        return model
