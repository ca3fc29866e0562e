"""The least that a graph has to do: its multiply-accumulates, and the bytes that it multiplies with.

They are counted by running the graph once and reading ONNX Runtime's profile, so that the sizes are those of
the run, and the bundle may be anybody's.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

_BYTES = {"float": 4, "float16": 2, "uint8": 1, "int8": 1}
_DTYPES: dict[str, type] = {
    "float": np.float32,
    "float16": np.float16,
    "int64": np.int64,
    "uint8": np.uint8,
    "int8": np.int8,
    "bool": np.bool_,
}
_PRODUCTS = frozenset({"MatMul", "Gemm", "FusedMatMul", "MatMulInteger", "MatMulIntegerToFloat"})
_CONVOLUTIONS = frozenset({"Conv", "FusedConv", "ConvInteger"})
_UNCOUNTED = frozenset(
    {"Attention", "MultiHeadAttention", "ConvTranspose", "MatMulNBits", "QLinearConv", "QLinearMatMul"}
)


class UncountedError(Exception):
    """A graph with an operator whose work is not known here."""


@dataclass(frozen=True, slots=True)
class Work:
    """Arithmetic, and what has to be read for it.

    Attributes:
        float_macs: Multiply-accumulates in floats.
        integer_macs: Multiply-accumulates in integers.
        bytes: Of the matrices and kernels, as they are computed with: an int8 weight that becomes float32 at
            load has four.
    """

    float_macs: int = 0
    integer_macs: int = 0
    bytes: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.float_macs + other.float_macs,
            self.integer_macs + other.integer_macs,
            self.bytes + other.bytes,
        )

    def __mul__(self, times: int) -> Work:
        return Work(self.float_macs * times, self.integer_macs * times, self.bytes * times)


def graph_work(path: Path, dimensions: Mapping[str, int], values: Mapping[str, int]) -> Work:
    """Count the work of one run.

    Args:
        path: File of the graph.
        dimensions: Sizes of its named dimensions.
        values: What its inputs are filled with; 0 for those that are not named.

    Raises:
        UncountedError: An operator multiplies in a way that is not known here, a dimension is not among
            these, or the graph does not run with them.
    """
    with tempfile.TemporaryDirectory(prefix="earsight-") as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # As it was written: fused operators and packed weights do not show in the profile.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.add_session_config_entry("session.disable_prepacking", "1")
        options.enable_profiling, options.profile_file_prefix = True, str(Path(folder) / "run")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        inputs = {
            node.name: _filled(node, dimensions, values.get(node.name, 0)) for node in session.get_inputs()
        }
        try:
            session.run(None, inputs)
        except Exception as error:  # ONNX Runtime raises classes of its own that share no public base.
            raise UncountedError(f"{path}: {error}") from error
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    runs = (event["args"] for event in events if event["name"].endswith("_kernel_time"))
    return sum((node_work(run) for run in runs), Work())


def _filled(node: onnxruntime.NodeArg, dimensions: Mapping[str, int], value: int) -> np.ndarray:
    """An input of the value; a dimension may be a sum of others: "N + rows"."""
    kind = node.type.removeprefix("tensor(").removesuffix(")")
    try:
        shape = [
            size if isinstance(size, int) else sum(dimensions[name] for name in size.split(" + "))
            for size in node.shape
        ]
        return np.full(shape, value, _DTYPES[kind])
    except (KeyError, AttributeError) as error:
        raise UncountedError(f"{node.name}: {kind} {node.shape}") from error


def node_work(run: Mapping[str, Any]) -> Work:
    """Count the work of a node.

    Args:
        run: What the profile tells of it: its operator, and the types and shapes of its inputs and outputs.

    Raises:
        UncountedError: The operator multiplies in a way that is not known here.
    """
    operator = run["op_name"]
    if operator in _UNCOUNTED:
        raise UncountedError(operator)
    if operator not in _PRODUCTS | _CONVOLUTIONS:
        return Work()
    (kind, a), (other_kind, b) = (next(iter(item.items())) for item in run["input_type_shape"][:2])
    ((_, out),) = run["output_type_shape"][0].items()
    if operator in _CONVOLUTIONS:
        inner = math.prod(b[1:])  # channels of a group x height x width
    elif operator == "Gemm":
        inner = math.prod(a) // max(1, out[0])  # either side of a may come first
    else:
        inner = a[-1]
    macs, size = math.prod(out) * inner, math.prod(b) * _BYTES[other_kind]
    return Work(0, macs, size) if kind in ("uint8", "int8") else Work(macs, 0, size)
