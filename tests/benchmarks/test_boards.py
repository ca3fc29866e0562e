"""What a graph multiplies is counted exactly, and the roofline takes the slower of computing and reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.boards import Board, Work, graph_work, node_work

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402


def saved(folder: Path, node: onnx.NodeProto, shape: list, weights: dict[str, np.ndarray]) -> Path:
    graph = helper.make_graph(
        [node],
        "one node",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    path = folder / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), path)
    return path


def test_a_product_with_named_dimensions(tmp_path: Path) -> None:
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    path = saved(tmp_path, node, ["N + rows", 16], {"w": np.ones((16, 32), np.float32)})
    assert graph_work(path, {"rows": 3, "N": 4}, {}) == Work(7 * 16 * 32, 0, 16 * 32 * 4)


def test_a_product_of_a_transposed_matrix(tmp_path: Path) -> None:
    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
    path = saved(tmp_path, node, [5, 16], {"w": np.ones((32, 16), np.float32)})
    assert graph_work(path, {}, {}) == Work(5 * 16 * 32, 0, 16 * 32 * 4)


def test_a_convolution_with_groups(tmp_path: Path) -> None:
    node = helper.make_node("Conv", ["x", "w"], ["y"], group=4, strides=[2, 2], pads=[1, 1, 1, 1])
    path = saved(tmp_path, node, [1, 8, 10, 10], {"w": np.ones((12, 2, 3, 3), np.float32)})
    assert graph_work(path, {}, {}) == Work(12 * 5 * 5 * 2 * 9, 0, 12 * 2 * 9 * 4)


def test_integers_are_counted_apart_and_unknown_products_refused() -> None:
    run = {
        "op_name": "MatMulIntegerToFloat",
        "input_type_shape": [{"uint8": [7, 16]}, {"int8": [16, 32]}],
        "output_type_shape": [{"float": [7, 32]}],
    }
    assert node_work(run) == Work(0, 7 * 16 * 32, 16 * 32)
    assert node_work({"op_name": "Add"}) == Work()
    with pytest.raises(ValueError, match="MatMulNBits"):
        node_work({"op_name": "MatMulNBits"})


def test_the_slower_of_computing_and_reading_is_the_roofline() -> None:
    board = Board("one", float_macs=10, integer_macs=40, bandwidth=5)
    assert board.seconds(Work(20, 40, 5)) == 3
    assert board.seconds(Work(20, 40, 50)) == 10
    assert Board("two", 10, 40, 5, halves_floats=True).seconds(Work(20, 0, 50)) == 5
