"""What a detector is taught, and what it is not."""

import math

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.learning.detection_loss import (  # noqa: E402
    assign,
    detection_losses,
    generalised_overlap,
    pairwise_overlap,
)
from earsight_training.networks.nanodet import BINS, NanoDet, Predictions, cells, predictions  # noqa: E402
from tests.training.detection_examples import picture  # noqa: E402

SIDE, CLASSES = 64, 3
CELLS = 84
BOX = (8.0, 8.0, 40.0, 40.0)


def found(corners=BOX, logit=0.0):
    """A detector that finds this box in every cell, and is as sure of every class."""
    return Predictions(
        torch.full((1, CELLS, CLASSES), logit, requires_grad=True),
        torch.zeros(1, CELLS, 4, BINS, requires_grad=True),
        torch.tensor(corners).expand(1, CELLS, 4).clone().requires_grad_(),
    )


def labels(*rows):
    """rows: corners in pixels, class and target."""
    return (
        torch.tensor([[row[0] for row in rows]], dtype=torch.float32),
        torch.tensor([[row[1] for row in rows]]),
        torch.tensor([[row[2] for row in rows]], dtype=torch.float32),
    )


def test_cells_within_a_box_find_it():
    wanted = assign(found(), *labels((BOX, 1, 1.0)), SIDE)
    chosen = wanted.weight[0] > 0
    assert chosen.sum() == 10
    middles = cells(SIDE, torch.device("cpu"))[0][chosen]
    assert ((middles > 8) & (middles < 40)).all()
    assert wanted.weight.max() == pytest.approx(1, abs=1e-4)  # as good as their overlap with it
    torch.testing.assert_close(wanted.scores[0, :, 1], wanted.weight[0])
    assert not wanted.scores[0, :, [0, 2]].any()


def test_no_more_is_wanted_than_the_box_is_likely():
    wanted = assign(found(), *labels((BOX, 1, 0.4), ((0.0, 0.0, 0.0, 0.0), 0, 0.0)), SIDE)
    assert wanted.scores.max() == pytest.approx(0.4, abs=1e-4)
    assert not assign(found(), *labels((BOX, 1, 0.0)), SIDE).weight.any()


def test_a_cell_finds_the_box_that_it_overlaps_most():
    small, other = (8.0, 8.0, 24.0, 24.0), (8.0, 8.0, 24.0, 34.0)  # so few cells that each box chooses all
    wanted = assign(found(small), *labels((other, 0, 1.0), (small, 2, 0.3)), SIDE)
    middles = cells(SIDE, torch.device("cpu"))[0]
    within_both = ((middles > 8) & (middles < 24)).all(1)
    below = ((middles > 8) & (middles < torch.tensor([24, 34]))).all(1) & ~within_both
    assert (within_both.sum(), below.sum()) == (5, 2)
    assert (wanted.box[0][within_both] == 1).all()
    assert (wanted.scores[0][within_both].argmax(1) == 2).all()
    assert (wanted.box[0][below] == 0).all()
    assert (wanted.scores[0] > 0).sum(1).tolist() == (within_both | below).int().tolist()


def test_what_is_not_known_is_not_taught():
    """Class 0 is labelled in this photo, of class 1 there is one box and perhaps more, of class 2 nothing."""
    said = found()
    wanted = assign(said, *labels((BOX, 1, 1.0)), SIDE)
    known = torch.tensor([True, False, False]).expand(1, CELLS, CLASSES)
    losses = detection_losses(said, wanted, labels((BOX, 1, 1.0))[0], known, SIDE)
    losses["scores"].backward()
    gradient = said.logits.grad[0]
    assert (gradient[:, 0] > 0).all()  # everywhere: there is none
    at = wanted.weight[0] > 0
    assert (gradient[at, 1] < 0).any()
    assert not gradient[~at, 1].any()
    assert not gradient[:, 2].any()


def test_boxes_are_taught_where_there_are_any():
    said = found(corners=(10.0, 8.0, 44.0, 40.0))
    wanted = assign(said, *labels((BOX, 1, 1.0)), SIDE)
    unknown = torch.zeros(1, CELLS, CLASSES, dtype=torch.bool)
    losses = detection_losses(said, wanted, labels((BOX, 1, 1.0))[0], unknown, SIDE)
    (losses["boxes"] + losses["bins"]).backward()
    at = wanted.weight[0] > 0
    assert (said.corners.grad[0][at, 0] > 0).all()  # the left side is to go left, and the right one too
    assert (said.corners.grad[0][at, 2] > 0).all()
    assert not said.corners.grad[0][~at].any()
    assert said.bins.grad[0][at].any()
    assert not said.bins.grad[0][~at].any()


def test_the_two_bins_beside_a_distance_share_it():
    """Of the cell at 20, 20 of the first grid, all sides are 2.5 strides away."""
    box = (0.0, 0.0, 40.0, 40.0)
    corners, classes, targets = labels((box, 1, 1.0))
    at = int(((cells(SIDE, torch.device("cpu"))[0] - 20).abs().sum(1) == 0).nonzero()[0, 0])
    logits = torch.full((1, CELLS, CLASSES), -50.0)
    logits[0, at, 1] = 0.0
    only = torch.zeros(1, CELLS, 4)
    only[0, at] = torch.tensor(box)

    def loss(*bins):
        weights = torch.full((1, CELLS, 4, BINS), -50.0)
        weights[0, at, :, list(bins)] = 0.0
        said = Predictions(logits, weights, only)
        wanted = assign(said, corners, classes, targets, SIDE)
        assert wanted.weight[0].nonzero().tolist() == [[at]]
        return float(detection_losses(said, wanted, corners, torch.ones_like(logits) > 0, SIDE)["bins"])

    assert loss(2, 3) == pytest.approx(0.25 * math.log(2), abs=1e-4)
    assert loss(2, 3) < min(loss(2), loss(3), loss(3, 4), loss(1, 2, 3, 4))


def test_overlaps():
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 5, 10], [10, 0, 20, 10], [30, 0, 40, 10]])
    same = pairwise_overlap(boxes[None, :1], boxes[None])[0, 0]
    torch.testing.assert_close(same, torch.tensor([1.0, 0.5, 0.0, 0.0]))
    general = generalised_overlap(boxes[:1].expand(4, 4), boxes)
    torch.testing.assert_close(general, torch.tensor([1.0, 0.5, 0.0, -0.5]))


def test_a_few_steps_lower_the_loss():
    torch.manual_seed(2)
    model = NanoDet(CLASSES)
    thing = (0.125, 0.25, 0.625, 0.75)
    pixels = torch.from_numpy(picture(("person", thing))).permute(2, 0, 1)[None].float()
    corners, classes, targets = labels((tuple(SIDE * side for side in thing), 1, 1.0))
    known = torch.ones(1, CELLS, CLASSES, dtype=torch.bool)
    optimizer, losses = torch.optim.SGD(model.parameters(), 0.002), []
    for _ in range(4):
        said = predictions(model(pixels), SIDE)
        wanted = assign(said, corners, classes, targets, SIDE)
        loss = sum(detection_losses(said, wanted, corners, known, SIDE).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0]
