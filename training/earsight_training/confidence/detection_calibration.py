"""How far the confidences of detections can be relied on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from earsight_training.confidence.selective_prediction import Estimate, calibration_error
from earsight_training.scoring.answers import Answer
from earsight_training.scoring.bootstrap import resampled
from earsight_training.scoring.detection_scores import calibration_samples, presence_samples


def detection_calibration(answers: Sequence[Answer], *, boxed: bool) -> list[Estimate]:
    """Estimate the calibration errors of what is found, for judged classes.

    Args:
        answers: One for each photo.
        boxed: Whether there are boxes to compare with.

    Returns:
        object-calibration-error, of the most confident object of each class, by whether the photo shows the
        class; presence-calibration-error, of the probabilities of presence; with boxes,
        box-calibration-error, of all objects. Each has its interval over resampled photos, and is left out
        where there is nothing of it.
    """
    kinds: dict[str, Callable[[Sequence[Answer]], tuple[np.ndarray, np.ndarray]]] = {
        "object-calibration-error": partial(calibration_samples, boxed=False),
        "presence-calibration-error": presence_samples,
    }
    if boxed:
        kinds["box-calibration-error"] = partial(calibration_samples, boxed=True)
    estimates = []
    for name, samples_of in kinds.items():
        samples = [samples_of([answer]) for answer in answers]
        if not sum(len(right) for _, right in samples):
            continue
        draws = [_error([samples[index] for index in drawn]) for drawn in resampled(len(samples))]
        low, high = np.percentile(draws, [2.5, 97.5])
        estimates.append(Estimate(name, _error(samples), float(low), float(high)))
    return estimates


def _error(samples: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    confidence, right = (np.concatenate(column) for column in zip(*samples, strict=True))
    return calibration_error(confidence, right) if len(right) else 0.0
