"""What a one-stage detector is taught: which cells are to find which box, and how far they are from it.

Cells are chosen by how well they do already (task-aligned assignment, Feng et al., arXiv:2108.07755). Scores
are taught the overlap with the box (quality focal loss), sides by the distribution focal loss (both Li et
al., arXiv:2006.04388) and the generalised intersection over union (Rezatofighi et al., arXiv:1902.09630).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from earsight_training.networks.nanodet import BINS, Predictions, cells

_CHOSEN = 10
"""Cells a box."""
_SCORE_POWER, _OVERLAP_POWER = 0.5, 6.0
_FOCUS = 2.0
_BOX_WEIGHT, _BIN_WEIGHT = 2.0, 0.25


@dataclass(frozen=True)
class Assignment:
    """What each cell is to find.

    Attributes:
        scores: Float (batch, cells, classes): what its scores should be.
        box: int64 (batch, cells): the box it is to find.
        weight: Float (batch, cells): how much it counts that it finds it; 0 for cells without one.
    """

    scores: Tensor
    box: Tensor
    weight: Tensor


@torch.no_grad()
def assign(found: Predictions, corners: Tensor, classes: Tensor, targets: Tensor, side: int) -> Assignment:
    """Choose cells for boxes.

    Args:
        found: What the detector says now.
        corners: Float (batch, boxes, 4), in pixels.
        classes: int64 (batch, boxes).
        targets: Float (batch, boxes): how likely each is right; 0 for none.
        side: Pixels of the picture.
    """
    middles, _ = cells(side, corners.device)
    within = (
        torch.cat([middles - corners[:, :, None, :2], corners[:, :, None, 2:] - middles], -1).amin(-1) > 0
    )
    overlaps = pairwise_overlap(corners, found.corners)
    index = classes[:, :, None].expand(-1, -1, found.logits.shape[1])
    scores = found.logits.sigmoid().transpose(1, 2).gather(1, index)
    fit = scores**_SCORE_POWER * overlaps**_OVERLAP_POWER * within * (targets > 0)[..., None]
    best = fit.topk(min(_CHOSEN, fit.shape[-1]), -1)
    chosen = torch.zeros_like(fit).scatter_(-1, best.indices, (best.values > 0).float())
    # A cell that several boxes have chosen finds the one that it overlaps with most.
    first = (overlaps * chosen).argmax(1)
    chosen = chosen * functional.one_hot(first, fit.shape[1]).transpose(1, 2)
    fit = fit * chosen
    best_overlap = (overlaps * chosen).amax(-1, keepdim=True)
    quality = fit / fit.amax(-1, keepdim=True).clamp(min=1e-9) * best_overlap * targets[..., None]
    weight, box = quality.max(1)
    wanted = torch.zeros_like(found.logits)
    wanted.scatter_(2, classes.gather(1, box)[..., None], weight[..., None])
    return Assignment(wanted, box, weight)


def detection_losses(
    found: Predictions, wanted: Assignment, corners: Tensor, known: Tensor, side: int
) -> dict[str, Tensor]:
    """Compute the losses of a batch.

    Args:
        found: What the detector says.
        wanted: What it should.
        corners: Float (batch, boxes, 4), in pixels.
        known: bool (batch, cells, classes): where nothing is known of a class, it is taught nothing but what
            boxes it has.
        side: Pixels of the picture.

    Returns:
        The losses of scores, boxes and bins, scalars.
    """
    total = wanted.weight.sum().clamp(min=1.0)
    chance = found.logits.sigmoid()
    entropy = functional.binary_cross_entropy_with_logits(found.logits, wanted.scores, reduction="none")
    focused = entropy * (wanted.scores - chance).abs() ** _FOCUS
    score = (focused * (known | (wanted.scores > 0))).sum() / total
    at = wanted.weight > 0
    weight, ours = wanted.weight[at], corners.gather(1, wanted.box[..., None].expand(-1, -1, 4))[at]
    box = (weight * (1 - generalised_overlap(found.corners[at], ours))).sum() / total
    bins = (weight * _bin_loss(found.bins[at], ours, at, side)).sum() / total
    return {"scores": score, "boxes": _BOX_WEIGHT * box, "bins": _BIN_WEIGHT * bins}


def _bin_loss(bins: Tensor, corners: Tensor, at: Tensor, side: int) -> Tensor:
    """Of each cell that has a box, float (chosen,): the two bins beside the distance share it."""
    middles, strides = (values.expand(len(at), *values.shape)[at] for values in cells(side, at.device))
    distances = torch.cat([middles - corners[:, :2], corners[:, 2:] - middles], 1) / strides[:, None]
    distances = distances.clamp(0, BINS - 1 - 0.01)
    lower = distances.long()
    upper_share = distances - lower
    logs = bins.log_softmax(-1)
    below, above = (logs.gather(-1, index[..., None])[..., 0] for index in (lower, lower + 1))
    return -(below * (1 - upper_share) + above * upper_share).mean(-1)


def pairwise_overlap(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union, float (batch, n, m), of float (batch, n, 4) and (batch, m, 4), corners."""
    begin = torch.maximum(first[:, :, None, :2], second[:, None, :, :2])
    end = torch.minimum(first[:, :, None, 2:], second[:, None, :, 2:])
    shared = (end - begin).clamp(min=0).prod(-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1) for boxes in (first, second)]
    return shared / (areas[0][:, :, None] + areas[1][:, None] - shared + 1e-6)


def generalised_overlap(first: Tensor, second: Tensor) -> Tensor:
    """Of pairs of boxes, float (n, 4) each: float (n,), -1 to 1, also for boxes that are apart."""
    begin, end = torch.maximum(first[:, :2], second[:, :2]), torch.minimum(first[:, 2:], second[:, 2:])
    around = torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])
    shared = (end - begin).clamp(min=0).prod(-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(-1) for boxes in (first, second)]
    union, hull = areas[0] + areas[1] - shared + 1e-6, around.prod(-1) + 1e-6
    return shared / union - (hull - union) / hull
