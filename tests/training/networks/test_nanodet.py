"""NanoDet-g, and its published weights."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
onnx = pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.networks.nanodet import (  # noqa: E402
    BINS,
    COCO_CLASSES,
    MEAN,
    NanoDet,
    cells,
    load_nanodet,
    predictions,
)
from tests.training.detection_examples import published_nanodet  # noqa: E402


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The published file, and the network in it."""
    path = tmp_path_factory.mktemp("published") / "nanodet.onnx"
    return path, published_nanodet(path)


def test_each_published_weight_gets_to_its_layer(published):
    path, model = published
    loaded = load_nanodet(path, COCO_CLASSES).state_dict()
    for name, values in model.state_dict().items():
        assert torch.equal(loaded[name], values), name


def test_weights_in_float32_need_no_cast(tmp_path):
    path = tmp_path / "nanodet.onnx"
    model = published_nanodet(path, dtype=np.float32)
    assert torch.equal(load_nanodet(path, COCO_CLASSES).coarse.head.weight, model.coarse.head.weight)


@torch.no_grad()
def test_more_classes_leave_the_others_and_the_boxes_as_they_were(published):
    path, model = published
    more = load_nanodet(path, COCO_CLASSES + 3).eval()
    pixels = torch.rand(1, 3, 64, 64) * 255
    before, after = predictions(model(pixels), 64), predictions(more(pixels), 64)
    torch.testing.assert_close(after.logits[..., :COCO_CLASSES], before.logits, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(after.corners, before.corners, rtol=1e-4, atol=1e-3)
    assert after.logits.shape[-1] == COCO_CLASSES + 3
    torch.testing.assert_close(
        after.logits[..., COCO_CLASSES:].sigmoid(), torch.full((1, 84, 3), 0.01), rtol=0, atol=1e-3
    )


def test_what_is_no_nanodet_is_refused(tmp_path, published):
    path, other = published[0], tmp_path / "other.onnx"
    other.write_bytes(b"no graph")
    with pytest.raises(TrainingError, match=r"other\.onnx: not an ONNX file"):
        load_nanodet(other, 80)
    model = onnx.load(path)
    last = [node for node in model.graph.node if node.op_type == "Conv"][-1]
    kept = list(last.input)
    last.input[2] = "nothing"
    onnx.save(model, other)
    with pytest.raises(TrainingError, match="a convolution without weights or bias"):
        load_nanodet(other, 80)
    last.input[:] = [kept[0], "weight0_wide", kept[2]]
    onnx.save(model, other)
    with pytest.raises(TrainingError, match=r"not NanoDet-g: \(32, 3, 3, 3\), not \(124, 128, 1, 1\)"):
        load_nanodet(other, 80)
    model.graph.node.remove(last)
    onnx.save(model, other)
    with pytest.raises(TrainingError, match=r"33 convolutions instead of 34"):
        load_nanodet(other, 80)


def test_cells_are_those_of_three_grids():
    middles, strides = cells(64, torch.device("cpu"))
    assert len(middles) == 64 + 16 + 4
    assert middles[:2].tolist() == [[4, 4], [12, 4]]
    assert middles[8].tolist() == [4, 12]
    assert middles[-1].tolist() == [48, 48]
    assert (strides[63], strides[64], strides[80]) == (8, 16, 32)


def test_a_distance_is_the_expected_bin_times_the_stride():
    outputs = [torch.zeros(1, 5 + 4 * BINS, side, side) for side in (8, 4, 2)]
    for number, share in ((2, 1), (3, 1)):  # to the left half of each
        outputs[1][0, 5 + number, 1, 2] = 50.0 * share
    for side, number in enumerate((0, 4, 10), 1):
        outputs[1][0, 5 + side * BINS + number, 1, 2] = 50.0
    found = predictions(outputs, 64)
    cell = 64 + 1 * 4 + 2  # middle at 40, 24
    expected = torch.tensor([40 - 2.5 * 16, 24.0, 40 + 4 * 16, 24 + 10 * 16])
    torch.testing.assert_close(found.corners[0, cell], expected)
    assert found.bins.shape == (1, 84, 4, BINS)


@torch.no_grad()
def test_the_network_reads_blue_green_red_about_their_means():
    model = NanoDet(3).eval()
    colour = torch.tensor(MEAN[::-1])[None, :, None, None].expand(1, 3, 64, 64)
    seen = model(colour)
    model.first.conv.weight.zero_()
    for one, other in zip(seen, model(colour), strict=True):
        torch.testing.assert_close(one, other)


def test_a_frozen_stem_leads_to_the_finest_grid():
    model = NanoDet(3)
    model.freeze_stem()
    frozen = {name.split(".")[0] for name, each in model.named_parameters() if not each.requires_grad}
    assert frozen == {"first", "second", "stage", "fine"}
    learned = {name for name, each in model.named_parameters() if each.requires_grad}
    assert {
        "fine.lateral.weight",
        "fine.tower.conv.weight",
        "fine.head.bias",
        "middle.down.conv.bias",
    } < learned
    assert not any(name.startswith(("fine.down", "fine.stage")) for name in learned)
