"""A small graph of the int8 bundles' arithmetic (docs/bundle.md, Precisions), at the edge of overflow."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH, OUTPUTS = 768, 65
"""GPT-2's width. No multiple of what a vector register holds, so that the kernels' remainders are run too."""

_OUTPUT_TYPES = {
    **{"rows_q": TensorProto.UINT8, "rows_step": TensorProto.FLOAT, "rows_y": TensorProto.FLOAT},
    **{"whole_q": TensorProto.UINT8, "whole_step": TensorProto.FLOAT, "whole_y": TensorProto.FLOAT},
    "whole_zero": TensorProto.UINT8,
}


def weights() -> tuple[np.ndarray, np.ndarray]:
    """int8 (WIDTH, OUTPUTS), with columns of only 127 and only -127; a float32 scale for each column."""
    generator = np.random.default_rng(5)
    matrix = generator.integers(-127, 128, (WIDTH, OUTPUTS)).astype(np.int8)
    matrix[:, 0], matrix[:, 1] = 127, -127
    return matrix, generator.uniform(1e-3, 2e-3, OUTPUTS).astype(np.float32)


def pictures(rows: int) -> np.ndarray:
    """Inputs, float32 (rows, WIDTH); the first row is 255 nearly everywhere once it is quantised."""
    x = np.random.default_rng(rows).normal(0, 1, (rows, WIDTH)).astype(np.float32)
    x[0] = 4
    x[0, 0] = -1
    return x


def integer_graph() -> onnx.ModelProto:
    """x, float (rows, WIDTH), quantised row by row (rows_q: uint8 from a row's lowest number, in steps of
    rows_step) and as a whole (whole_q, whole_step, whole_zero), and each times the weights (rows_y: of
    rows_q * rows_step; whole_y: of (whole_q - whole_zero) * whole_step)."""
    matrix, scale = weights()
    constants = {
        # Each its own: ONNX Runtime fails on a matrix that two of these products share.
        "rows_matrix": matrix,
        "whole_matrix": matrix,
        "scale": scale,
        "one": np.float32(1),
        "of_255": np.float32(1 / 255),
        "last": np.array([1], np.int64),
        "zero": np.uint8(0),
        "rows_weights_zero": np.int8(0),
        "whole_weights_zero": np.int8(0),
    }
    product = ["rows_matrix", "one", "scale", "zero", "rows_weights_zero"]
    whole = ["whole_matrix", "whole_step", "scale", "whole_zero", "whole_weights_zero"]
    nodes = [
        helper.make_node("ReduceMin", ["x", "last"], ["low"]),
        helper.make_node("ReduceMax", ["x", "last"], ["high"]),
        helper.make_node("Sub", ["high", "low"], ["range"]),
        helper.make_node("Mul", ["range", "of_255"], ["step"]),
        helper.make_node("Squeeze", ["step", "last"], ["rows_step"]),
        helper.make_node("Sub", ["x", "low"], ["above"]),
        helper.make_node("QuantizeLinear", ["above", "rows_step"], ["rows_q"], axis=0),
        helper.make_node("MatMulIntegerToFloat", ["rows_q", *product], ["inner"], domain="com.microsoft"),
        helper.make_node("Mul", ["inner", "step"], ["rows_y"]),
        helper.make_node("DynamicQuantizeLinear", ["x"], ["whole_q", "whole_step", "whole_zero"]),
        helper.make_node("MatMulIntegerToFloat", ["whole_q", *whole], ["whole_y"], domain="com.microsoft"),
    ]
    graph = helper.make_graph(
        nodes,
        "integers",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", WIDTH])],
        [helper.make_tensor_value_info(name, kind, None) for name, kind in _OUTPUT_TYPES.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    domains = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=9)


def worst_error(found: dict[str, np.ndarray]) -> float:
    """The largest relative error of the products, against exact ones of the integers that were found."""
    matrix, scale = weights()
    of_rows = found["rows_q"].astype(np.int64) @ matrix * scale * found["rows_step"][:, None]
    centred = found["whole_q"].astype(np.int64) - int(found["whole_zero"])
    of_whole = centred @ matrix * scale * found["whole_step"]
    return max(
        float(np.abs(found[name] - exact).max() / np.abs(exact).max())
        for name, exact in (("rows_y", of_rows), ("whole_y", of_whole))
    )
