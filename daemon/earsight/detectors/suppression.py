"""From a detector's raw scores and boxes to detections: which boxes count, and which mean the same thing."""

from __future__ import annotations

import numpy as np

from earsight.detectors.detector import FLOOR, Detection, Detections
from earsight.scene import Box

_MOST = 400
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
    # Most classes are nowhere in a picture: only the columns of the others are searched.
    there = np.flatnonzero(best >= FLOOR)
    cells, columns = np.nonzero(scores[:, there] >= FLOOR)
    kinds, values = there[columns], scores[cells, there[columns]]
    order = np.argsort(-values, kind="stable")[: 4 * _MOST]
    corners = np.clip(boxes[cells[order]].astype(np.float32), 0.0, 1.0)
    whole = np.isfinite(boxes[cells[order]]).all(axis=1) & (corners[:, :2] < corners[:, 2:]).all(axis=1)
    order, corners = order[whole][:_MOST], corners[whole][:_MOST]
    kept = _unsuppressed(corners, kinds[order], overlap)
    found = tuple(
        Detection(int(kinds[order[at]]), min(1.0, float(values[order[at]])), Box(*map(float, corners[at])))
        for at in kept
    )
    return Detections(found, best)


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


def _unsuppressed(corners: np.ndarray, kinds: np.ndarray, overlap: float) -> list[int]:
    """Indices of the boxes that no better box of their class covers. The boxes: best first."""
    if not len(corners):
        return []
    covered = (overlaps(corners) > overlap) & (kinds[:, None] == kinds)
    alive, kept = np.ones(len(corners), bool), []
    for at, row in enumerate(covered):
        if alive[at]:
            kept.append(at)
            alive &= ~row
    return kept
