"""The detector's and the place head's graphs, run by ONNX Runtime, against torch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.bundles.detector_graph import detector_graph  # noqa: E402
from earsight_training.bundles.place_graph import place_graph  # noqa: E402
from earsight_training.networks.nanodet import BINS, NanoDet, predictions  # noqa: E402
from earsight_training.networks.place_head import ROWS, PlaceHead  # noqa: E402
from tests.training.graph_models import session  # noqa: E402

CLASSES = 5


@pytest.fixture(scope="module")
def detector():
    """Whose scores and boxes differ from cell to cell, as after training."""
    torch.manual_seed(3)
    model = NanoDet(CLASSES).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(module.weight, a=0.1)
                module.bias.normal_(0, 0.1)
    return model


def found(model, pixels, side):
    with torch.no_grad():
        outputs = predictions(model(torch.from_numpy(pixels).permute(0, 3, 1, 2).float()), side)
    return outputs.logits[0].sigmoid().numpy(), (outputs.corners[0] / side).clamp(0, 1).numpy()


@pytest.mark.parametrize("side", [64, 96])
def test_in_float32_the_graph_computes_what_torch_does(detector, side):
    pixels = np.random.default_rng(1).integers(0, 256, (1, side, side, 3), np.uint8)
    scores, boxes = session(detector_graph(detector, side, "float32")).run(
        ["scores", "boxes"], {"pixels": pixels}
    )
    expected = found(detector, pixels, side)
    assert scores.shape == (sum((side // stride) ** 2 for stride in (8, 16, 32)), CLASSES)
    assert expected[0].std() > 0.05, "all cells say the same: the comparison shows nothing"
    assert expected[1].std(0).min() > 0.01
    np.testing.assert_allclose(scores, expected[0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(boxes, expected[1], rtol=1e-3, atol=1e-4)


def test_in_int8_it_nearly_does(detector, monkeypatch):
    monkeypatch.setattr("earsight_training.bundles.graph_builder.INT8_STORAGE_FROM", 0)
    pixels = np.random.default_rng(1).integers(0, 256, (1, 64, 64, 3), np.uint8)
    graph = session(detector_graph(detector, 64, "int8-at-rest"))
    scores, boxes = graph.run(["scores", "boxes"], {"pixels": pixels})
    expected = found(detector, pixels, 64)
    assert 0 < np.abs(scores - expected[0]).mean() < 0.02
    assert 0 < np.abs(boxes - expected[1]).mean() < 0.02


def test_a_graph_takes_as_many_classes_as_the_detector_has(detector):
    output = detector_graph(detector, 64, "float32").graph.output[0].type.tensor_type.shape
    assert output.dim[1].dim_value == CLASSES
    assert detector.fine.head.out_channels == CLASSES + 4 * BINS


def test_the_place_graph_computes_what_torch_does():
    torch.manual_seed(2)
    head = PlaceHead(6, 4, 3, 5).eval()
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    cells = np.random.default_rng(1).normal(0, 1, (1, ROWS * ROWS, 6)).astype(np.float32)
    places, grounds, presence = session(place_graph(head)).run(
        ["places", "grounds", "presence"], {"cells": cells}
    )
    with torch.no_grad():
        expected = head(torch.from_numpy(cells))
    # Its weights are kept as float16.
    np.testing.assert_allclose(places, expected[0][0].sigmoid(), atol=2e-3)
    np.testing.assert_allclose(grounds, expected[1][0].softmax(0), atol=2e-3)
    np.testing.assert_allclose(presence, expected[2][0], atol=1e-2)
    assert (places.shape, grounds.shape, presence.shape) == ((4,), (3,), (5,))
