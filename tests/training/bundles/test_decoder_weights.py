import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.bundles.decoder_graph import decoder_graph  # noqa: E402
from earsight_training.bundles.decoder_weights import read_decoder  # noqa: E402
from earsight_training.bundles.reader import BundleError  # noqa: E402
from earsight_training.bundles.writer import save_graph  # noqa: E402
from tests.training.graph_models import decoder  # noqa: E402


@pytest.mark.parametrize(("weights", "error"), [("float32", 0), ("float16", 1e-3), ("int8-at-rest", 0.01)])
def test_a_decoder_comes_back_as_it_was(tmp_path, weights, error):
    written = decoder(causal_prefix=False, vocabulary=4000)  # its tokens are many enough to be kept as int8
    save_graph(decoder_graph(written, weights), tmp_path / "decoder.onnx")
    found = read_decoder(tmp_path)
    assert (found.heads, len(found.blocks)) == (4, 2)
    for (name, expected), value in zip(
        written.state_dict().items(), found.state_dict().values(), strict=True
    ):
        np.testing.assert_allclose(value.numpy(), expected.numpy(), atol=error, rtol=0, err_msg=name)


def test_what_is_no_such_decoder(tmp_path):
    with pytest.raises(BundleError, match=r"decoder\.onnx: not a decoder that a new one can start as"):
        read_decoder(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(b"no graph")
    with pytest.raises(BundleError, match="not a decoder"):
        read_decoder(tmp_path)
    graph = decoder_graph(decoder(causal_prefix=False), "int8")  # its products are of integers
    save_graph(graph, tmp_path / "decoder.onnx")
    with pytest.raises(BundleError, match="not a decoder"):
        read_decoder(tmp_path)
