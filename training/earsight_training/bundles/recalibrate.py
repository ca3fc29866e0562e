"""Fitting the confidence of a bundle anew, on photos of several kinds, without telling it the kind."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from earsight_bundle.files import MANIFEST, MODEL_CARD
from earsight_bundle.manifest import Manifest
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.writer import complete_manifest, require_bundle_folder
from earsight_training.confidence.calibration_fit import cross_fit, fit, truthful
from earsight_training.confidence.selective_prediction import calibration_error
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.evaluate import Candidate, describe
from earsight_training.scoring.kept_captions import KeptCaptions


def recalibrate(bundle: Path, sets: Mapping[str, Sequence[CaptionedPhoto]], out: Path) -> dict[str, float]:
    """Write a bundle whose captions are as sure as they are right on all sets together.

    Args:
        bundle: The bundle.
        sets: By name, photos with references that the bundle was not trained on.
        out: Folder of the new bundle; may be the same.

    Returns:
        By set, the calibration error of confidences that were fitted on other photos (five folds over all).

    Raises:
        TrainingError: The folder holds something else, or photos can't be described.
    """
    out = out.resolve()
    require_bundle_folder(out)
    kept = KeptCaptions(bundle)
    photos = [photo for of_set in sets.values() for photo in of_set]
    candidates = describe(bundle, photos, kept)
    calibration, said = fit(candidates), cross_fit(candidates)
    paths = {name: {photo.path for photo in of_set} for name, of_set in sets.items()}
    errors = {name: _error([each for each in said if each.photo.path in paths[name]]) for name in sets}
    manifest = Manifest.model_validate_json((bundle / MANIFEST).read_text(encoding="utf-8"))
    measured = {f"calibration-error {name}": value for name, value in errors.items()}
    with replacing_folder(out) as unfinished:
        shutil.copytree(bundle, unfinished, dirs_exist_ok=True)
        card = (unfinished / MODEL_CARD).read_text(encoding="utf-8")
        complete_manifest(unfinished, calibration, manifest.metrics | measured, card)
    kept.delete()
    return errors


def _error(said: Sequence[Candidate]) -> float:
    confidence = np.array([each.confidence for each in said], float)
    return round(float(calibration_error(confidence, truthful(said))), 4)
