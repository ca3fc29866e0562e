"""From a captioner to a bundle that is calibrated and scored on photos it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from earsight_training.calibration import expected_calibration_error, fit
from earsight_training.captioner import Captioner
from earsight_training.cards import model_card
from earsight_training.datasets import CaptionedPhoto
from earsight_training.evaluate import Candidate, describe, score
from earsight_training.export import complete_manifest, write_bundle
from earsight_training.objects import made_up


def export_bundle(
    captioner: Captioner, validation: Sequence[CaptionedPhoto], out: Path, *, int8: bool
) -> dict[str, float]:
    """Write, calibrate and score.

    The calibration error is measured on one half of the validation photos, fitted on the other, both ways.
    """
    write_bundle(out, captioner, int8=int8, card=model_card(captioner.recipe, {}))
    candidates = describe(out, validation)
    scores = score(candidates)
    features, truthful = _evidence(candidates)
    scores["calibration-error"] = round(_crossed_error(features, truthful), 4)
    complete_manifest(out, fit(features, truthful), scores, model_card(captioner.recipe, scores))
    return scores


def _evidence(candidates: Sequence[Candidate]) -> tuple[np.ndarray, list[bool]]:
    features = np.array([[c.mean_log_prob, c.lowest_log_prob] for c in candidates])
    return features, [not made_up(c.caption, c.photo.captions) for c in candidates]


def _crossed_error(features: np.ndarray, truthful: Sequence[bool]) -> float:
    truth = np.array(truthful)
    halves = np.arange(len(truth)) % 2 == 0
    errors = []
    for fitted, measured in ((halves, ~halves), (~halves, halves)):
        confidence = fit(features[fitted], list(truth[fitted])).confidence(features[measured])
        errors.append(expected_calibration_error(list(confidence), list(truth[measured])))
    return float(np.mean(errors))
