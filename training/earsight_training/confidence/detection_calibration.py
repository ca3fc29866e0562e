"""How far the confidences of detections can be relied on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from earsight_training.confidence.selective_prediction import Estimate, calibration_error
from earsight_training.scoring.answers import Answer
from earsight_training.scoring.bootstrap import resampled
from earsight_training.scoring.detection_scores import calibration_samples


def detection_calibration(answers: Sequence[Answer], *, boxed: bool) -> list[Estimate]:
    """Estimate the calibration error of detections of judged classes.

    Args:
        answers: One for each photo.
        boxed: Whether there are boxes to compare with.

    Returns:
        presence-calibration-error and, with boxes, box-calibration-error, with their intervals over resampled
        photos. Nothing where nothing was found.
    """
    estimates = []
    for name, by_box in (("presence", False), ("box", True)):
        if by_box and not boxed:
            continue
        samples = [calibration_samples([answer], boxed=by_box) for answer in answers]
        draws = [_error([samples[index] for index in drawn]) for drawn in resampled(len(samples))]
        if sum(len(right) for _, right in samples):
            low, high = np.percentile(draws, [2.5, 97.5])
            estimates.append(Estimate(f"{name}-calibration-error", _error(samples), float(low), float(high)))
    return estimates


def _error(samples: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    confidence, right = (np.concatenate(column) for column in zip(*samples, strict=True))
    return calibration_error(confidence, right) if len(right) else 0.0
