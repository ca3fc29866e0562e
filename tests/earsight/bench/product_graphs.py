"""The graphs of the roofline, one product each; daemon/earsight/bench has them as files.

Written by: PYTHONPATH=. python -m tests.earsight.bench.product_graphs
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parents[3] / "daemon" / "earsight" / "bench"


def float32() -> onnx.ModelProto:
    """a times b, of float32."""
    return _graph(helper.make_node("MatMul", ["a", "b"], ["y"]), TensorProto.FLOAT, TensorProto.FLOAT, {})


def int8() -> onnx.ModelProto:
    """(a - 128) of uint8 times b of int8, as float32: the product of bundles that stay int8 in memory."""
    constants = {"step": np.float32(1), "a_zero": np.uint8(128), "b_zero": np.int8(0)}
    node = helper.make_node(
        "MatMulIntegerToFloat",
        ["a", "b", "step", "step", "a_zero", "b_zero"],
        ["y"],
        domain="com.microsoft",
    )
    return _graph(node, TensorProto.UINT8, TensorProto.INT8, constants)


def _graph(node: onnx.NodeProto, a: int, b: int, constants: dict[str, np.generic]) -> onnx.ModelProto:
    graph = helper.make_graph(
        [node],
        "product",
        [
            helper.make_tensor_value_info("a", a, ["m", "k"]),
            helper.make_tensor_value_info("b", b, ["k", "n"]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["m", "n"])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    domains = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=9)


def main() -> None:
    for name, graph in (("float32", float32()), ("int8", int8())):
        onnx.save(graph, FOLDER / f"{name}.onnx")


if __name__ == "__main__":
    main()
