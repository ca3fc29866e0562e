"""What graphs have to do, against sums by hand."""

import numpy as np
import pytest

from earsight.bench.work import UncountedError, Work, graph_work, node_work
from earsight.bundles.bundle import bundle_folder

FLOATS, BYTES, SIGNED = "float", "uint8", "int8"


def node(operator, inputs, *out):
    return {
        "op_name": operator,
        "input_type_shape": [{kind: list(shape)} for kind, *shape in inputs],
        "output_type_shape": [{"float": list(out)}],
    }


@pytest.mark.parametrize(
    ("run", "work"),
    [
        (node("MatMul", [(FLOATS, 5, 8), (FLOATS, 8, 3)], 5, 3), Work(5 * 8 * 3, 0, 4 * 8 * 3)),
        (node("Gemm", [(FLOATS, 8, 5), (FLOATS, 8, 3), (FLOATS, 3)], 5, 3), Work(5 * 8 * 3, 0, 4 * 8 * 3)),
        (
            node("MatMulIntegerToFloat", [(BYTES, 5, 8), (SIGNED, 8, 3), (FLOATS,)], 5, 3),
            Work(0, 5 * 8 * 3, 8 * 3),
        ),
        # 5 queries of 2 heads, with 7 keys.
        (node("FusedMatMul", [(FLOATS, 5, 2, 8), (FLOATS, 7, 2, 8)], 2, 5, 7), Work(560, 0, 4 * 7 * 2 * 8)),
        (node("FusedMatMul", [(FLOATS, 5, 2, 8), (FLOATS, 0, 2, 8)], 2, 5, 0), Work()),
        # Each of 6 channels by itself.
        (
            node("Conv", [(FLOATS, 1, 6, 9, 9), (FLOATS, 6, 1, 3, 3)], 1, 6, 9, 9),
            Work(6 * 81 * 9, 0, 4 * 6 * 9),
        ),
        (node("Add", [(FLOATS, 5, 8), (FLOATS, 5, 8)], 5, 8), Work()),
    ],
)
def test_work_of_a_node(run, work):
    assert node_work(run) == work


def saved(folder, node, shape, weights):
    """A graph of this node alone."""
    onnx = pytest.importorskip("onnx")
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "one node",
        [onnx.helper.make_tensor_value_info("x", kind, shape)],
        [onnx.helper.make_tensor_value_info("y", kind, None)],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    domains = [onnx.helper.make_opsetid("", 20)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=domains, ir_version=9), folder / "model.onnx")
    return folder / "model.onnx"


def test_a_product_with_named_dimensions(tmp_path):
    helper = pytest.importorskip("onnx").helper
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    path = saved(tmp_path, node, ["N + rows", 16], {"w": np.ones((16, 32), np.float32)})
    assert graph_work(path, {"rows": 3, "N": 4}, {}) == Work(7 * 16 * 32, 0, 16 * 32 * 4)


def test_a_product_of_a_transposed_matrix(tmp_path):
    helper = pytest.importorskip("onnx").helper
    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
    path = saved(tmp_path, node, [5, 16], {"w": np.ones((32, 16), np.float32)})
    assert graph_work(path, {}, {}) == Work(5 * 16 * 32, 0, 16 * 32 * 4)


def test_a_convolution_with_groups(tmp_path):
    helper = pytest.importorskip("onnx").helper
    node = helper.make_node("Conv", ["x", "w"], ["y"], group=4, strides=[2, 2], pads=[1, 1, 1, 1])
    path = saved(tmp_path, node, [1, 8, 10, 10], {"w": np.ones((12, 2, 3, 3), np.float32)})
    assert graph_work(path, {}, {}) == Work(12 * 5 * 5 * 2 * 9, 0, 12 * 2 * 9 * 4)


def test_a_product_of_unknown_kind_is_not_passed_over():
    with pytest.raises(UncountedError, match="MultiHeadAttention"):
        node_work(node("MultiHeadAttention", [(FLOATS, 1, 2), (FLOATS, 1, 2)], 1, 2))


def test_work_adds_up():
    assert Work(1, 2, 3) + Work(10, 20, 30) * 2 == Work(21, 42, 63)


def test_a_decoder_reads_all_of_its_weights_whatever_the_rows():
    decoder = bundle_folder("builtin") / "decoder.onnx"

    def step(rows, held):
        return graph_work(decoder, {"rows": rows, "N": held, "asked": rows}, {"k": 5})

    one, five = step(1, 0), step(5, 0)
    assert five.float_macs > 4.9 * one.float_macs
    assert one.bytes <= five.bytes < 1.1 * one.bytes
    # A row meets each weight once. Those that rest in fewer bytes are computed with as float32.
    assert one.bytes == pytest.approx(4 * one.float_macs, rel=0.01)
    assert step(5, 60).bytes > five.bytes  # the cache is read too


def test_a_graph_that_does_not_run_with_these_sizes():
    decoder = bundle_folder("builtin") / "decoder.onnx"
    with pytest.raises(UncountedError):
        graph_work(decoder, {"rows": 1, "asked": 1}, {"k": 5})
    with pytest.raises(UncountedError):
        graph_work(decoder, {"rows": 1, "asked": 1, "N": 0}, {"k": 5, "asked": 100})


def test_a_graph_of_integer_products(tmp_path):
    pytest.importorskip("onnx")
    import onnx

    from tests.earsight.bench.product_graphs import int8

    onnx.save(int8(), tmp_path / "int8.onnx")
    sizes = {"m": 2, "k": 16, "n": 5}
    assert graph_work(tmp_path / "int8.onnx", sizes, {}) == Work(0, 2 * 16 * 5, 16 * 5)
