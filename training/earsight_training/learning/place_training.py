"""Fitting the place head: logistic regressions on what a frozen encoder sees in each cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor
from torch.nn import functional

from earsight_training.data.encoder_cells import PlaceExamples
from earsight_training.data.place_labels import GROUNDS, PLACES
from earsight_training.networks.place_head import ROWS, PlaceHead

_EPOCHS, _BATCH, _RATE = 12, 128, 2e-3
_WEIGHT_DECAY = 0.05
_RARE = -4.0
"""Log-odds that a class begins with."""
_FEWEST = 5
"""Photos with and without a place, from which its precision is worth measuring."""


def fit_place_head(examples: PlaceExamples, seed: int) -> PlaceHead:
    """Fit a head.

    Args:
        examples: To learn from.
        seed: Of their order.

    Returns:
        The head, in eval mode, which takes cells as they are.
    """
    torch.manual_seed(seed)
    mean, deviation = _spread(examples.cells)
    channels = examples.cells.shape[2]
    head = PlaceHead(channels, len(PLACES), len(GROUNDS), examples.presence.shape[1])
    with torch.no_grad():
        head.presence.bias.fill_(_RARE - np.log(ROWS * ROWS))
    optimizer = torch.optim.AdamW(head.parameters(), _RATE, weight_decay=_WEIGHT_DECAY)
    steps = _EPOCHS * (len(examples) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    rng = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        for rows in np.array_split(rng.permutation(len(examples)), len(examples) // _BATCH + 1):
            rows = np.sort(rows)
            cells = (torch.from_numpy(np.asarray(examples.cells[rows])).float() - mean) / deviation
            loss = place_loss(head(cells), *(torch.from_numpy(v[rows]) for v in _labels(examples)))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return _of_plain_cells(head, mean, deviation).eval()


def _labels(examples: PlaceExamples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return examples.places, examples.grounds, examples.presence


def _spread(cells: np.ndarray) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each channel, of some of the photos."""
    some = torch.from_numpy(np.array(cells[:: max(1, len(cells) // 1000)])).float().flatten(0, 1)
    return some.mean(0), some.std(0).clamp(min=1e-3)


def place_loss(
    outputs: tuple[Tensor, Tensor, Tensor], places: Tensor, grounds: Tensor, presence: Tensor
) -> Tensor:
    """Sum three cross-entropies, each of what is known.

    Args:
        outputs: The head's.
        places: As in PlaceExamples.
        grounds: As in PlaceExamples.
        presence: As in PlaceExamples.

    Returns:
        A scalar.
    """
    place = _known_entropy(outputs[0], places)
    ground = functional.cross_entropy(outputs[1].float(), grounds, ignore_index=-1, reduction="sum")
    return place + ground / (grounds >= 0).sum().clamp(min=1) + _known_entropy(outputs[2], presence)


def _known_entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    known = ~wanted.isnan()
    entropy = functional.binary_cross_entropy_with_logits(
        logits.float(), wanted.nan_to_num(), reduction="none"
    )
    return (entropy * known).sum() / known.sum().clamp(min=1) * logits.shape[1]


@torch.no_grad()
def _of_plain_cells(head: PlaceHead, mean: Tensor, deviation: Tensor) -> PlaceHead:
    """Fold the normalisation of the cells into the weights."""
    for layer in (head.places, head.grounds, head.presence):
        layer.weight.div_(deviation)
        layer.bias.sub_(layer.weight @ mean)
    return head


@torch.no_grad()
def read_cells(head: PlaceHead, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Apply a head to many photos.

    Args:
        head: Fitted.
        cells: Float16 (photos, cells, channels).

    Returns:
        As PlaceHead.forward(), float32.
    """
    parts = [
        head(torch.from_numpy(np.array(cells[start : start + _BATCH])).float())
        for start in range(0, len(cells), _BATCH)
    ]
    places, grounds, presence = (np.asarray(torch.cat(part)) for part in zip(*parts, strict=True))
    return places, grounds, presence


def place_metrics(head: PlaceHead, examples: PlaceExamples, classes: Sequence[str]) -> dict[str, float]:
    """Measure a head on photos that it was not fitted on.

    Args:
        head: Fitted.
        examples: Others than it was fitted on.
        classes: Names of the objects' classes.

    Returns:
        Average precision by place and class, where there are enough photos, and the share of right grounds.
    """
    places, grounds, presence = read_cells(head, examples.cells)
    metrics = _precisions(places, examples.places, PLACES, "place")
    metrics |= _precisions(presence, examples.presence, classes, "presence")
    known = examples.grounds >= 0
    if known.any():
        right = grounds[known].argmax(1) == examples.grounds[known]
        metrics["ground right"] = float(right.mean())
    return metrics


def _precisions(scores: np.ndarray, labels: np.ndarray, names: Sequence[str], kind: str) -> dict[str, float]:
    found = {}
    for index, name in enumerate(names):
        known = ~np.isnan(labels[:, index])
        there = labels[known, index] > 0.5
        if min(there.sum(), (~there).sum()) >= _FEWEST:
            found[f"{kind} {name}"] = float(average_precision_score(there, scores[known, index]))
    return found
