"""From a detector's raw scores and boxes to detections: which boxes count, and which mean the same thing."""

from __future__ import annotations

import numpy as np

from earsight.detectors.detector import FLOOR, Detection, Detections
from earsight.scene import Box

_MOST = 300
"""Boxes that are compared with each other. A picture has some dozens above FLOOR; a broken graph has all."""


def detections(scores: np.ndarray, boxes: np.ndarray, overlap: float) -> Detections:
    """Decode what a detector gave for a picture, by non-maximum suppression within each class.

    Scores and corners that are no numbers are ignored, and what lies outside the picture is cut off.

    Args:
        scores: Float (cells, classes), 0..1.
        boxes: Float (cells, 4): left, top, right, bottom as shares of the picture, 0..1.
        overlap: Intersection over union from which, of two boxes of a class, only the better one is kept.
    """
    best = scores.max(axis=0, initial=0.0)
    if not np.isfinite(best).all():
        scores = np.where(np.isfinite(scores), scores, 0.0)
        best = scores.max(axis=0, initial=0.0)
    best = np.clip(best, 0, 1).astype(np.float32)
    # Most cells see nothing: only the others are searched.
    cells = np.flatnonzero(scores.max(axis=1, initial=0.0) >= FLOOR)
    rows, kinds = np.nonzero(scores[cells] >= FLOOR)
    values = scores[cells[rows], kinds]
    order = np.argsort(-values, kind="stable")[: 4 * _MOST]
    given = boxes[cells[rows[order]]].astype(np.float32)
    corners = np.clip(given, 0.0, 1.0)
    whole = np.isfinite(given).all(axis=1) & (corners[:, :2] < corners[:, 2:]).all(axis=1)
    order, corners = order[whole][:_MOST], corners[whole][:_MOST]
    kept = _unsuppressed(corners, kinds[order], overlap)
    chosen = order[kept]
    sure = np.minimum(values[chosen], 1).astype(float).tolist()
    found = zip(kinds[chosen].tolist(), sure, corners[kept].astype(float).tolist(), strict=True)
    return Detections(tuple(Detection(kind, score, Box(*box)) for kind, score, box in found), best)


def overlaps(corners: np.ndarray) -> np.ndarray:
    """Compute the intersection over union of every two boxes.

    Args:
        corners: Float (boxes, 4): left, top, right, bottom; none is empty.

    Returns:
        Float32 (boxes, boxes), 0..1.
    """
    left, top, right, bottom = corners.T
    width = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    height = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    areas = (right - left) * (bottom - top)
    return np.asarray(shared / (areas[:, None] + areas - shared), np.float32)


def _unsuppressed(corners: np.ndarray, kinds: np.ndarray, overlap: float) -> np.ndarray:
    """Indices of the boxes that no better box of their class covers. The boxes: best first."""
    covered = (overlaps(corners) > overlap) & (kinds[:, None] == kinds)
    alive = np.ones(len(corners), bool)
    # A box that covers only itself changes nothing.
    for at in np.flatnonzero(covered.sum(axis=1) > 1):
        if alive[at]:
            alive[at + 1 :] &= ~covered[at, at + 1 :]
    return np.flatnonzero(alive)
