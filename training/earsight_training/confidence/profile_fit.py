"""How far a captioner that is no bundle is to be believed: another machine, a model of transformers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from earsight_bundle.profile import CalibrationProfile, profile_text, read_profile
from earsight_training.atomic import replace_file
from earsight_training.confidence.kinds_fit import Sets, fit_on_kinds
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.errors import TrainingError
from earsight_training.scoring.describing import device_rows, stands_in
from earsight_training.scoring.evaluate import Candidate, candidate_of
from earsight_training.scoring.kept_captions import KeptCaptions

_LEAST_ANSWERED = 0.9
"""Share of the photos of which the other machine has to have said something that can be used."""


def calibrate_settings(settings: Path, sets: Sets, language: str, out: Path) -> dict[str, float]:
    """Write the calibration of the captioner that some settings name.

    Args:
        settings: The device's settings file.
        sets: Photos with references in the language.
        language: Code of that of the captions.
        out: The file. What it has of other languages of the same captioner stays.

    Returns:
        By set, the calibration error of confidences that were fitted on other photos.

    Raises:
        TrainingError: The captioner does not describe the photos, or not in this language.
    """
    before = _profile(out)
    photos = [photo for of_set in sets.values() for photo in of_set]
    kept = KeptCaptions(settings, language)
    options = ["--evidence", "--language", language]
    rows = device_rows(settings, [photo.path for photo in photos], kept, options)
    calibration, errors = fit_on_kinds(_candidates(photos, rows, language), sets)
    calibrated_as = next(iter(rows.values()))["calibrated_as"]
    if before is None or before.calibrated_as != calibrated_as:
        before = CalibrationProfile(calibrated_as=calibrated_as, calibrations={})
    measured = {f"calibration-error {language} {name}": value for name, value in errors.items()}
    profile = CalibrationProfile(
        calibrated_as=calibrated_as,
        calibrations=before.calibrations | {language: calibration},
        metrics=before.metrics | measured,
    )
    replace_file(out, profile_text(profile).encode())
    kept.delete()
    return errors


def _candidates(
    photos: Sequence[CaptionedPhoto], rows: Mapping[Path, Mapping[str, Any]], language: str
) -> list[Candidate]:
    """What the captioner itself said of the photos. Raises TrainingError where that is too little."""
    own = {path for path, row in rows.items() if stands_in(row)}
    answered = [photo for photo in photos if photo.path in rows.keys() - own]
    if own and len(answered) < _LEAST_ANSWERED * len(photos):
        raise TrainingError(
            f"the other machine captioned {len(answered)} of {len(photos)} photos in a way that can be said; "
            "check it with `earsight doctor`, and raise captioner.remote.time_limit if it is slow"
        )
    if own:
        print(f"left out, since the other machine did not caption them: {len(own)} photos", file=sys.stderr)
    if any(rows[photo.path]["captions"][0]["language"] != language for photo in answered):
        raise TrainingError(f"this engine does not caption in the language {language}; choose another one")
    return [candidate_of(photo, rows[photo.path], language) for photo in answered]


def _profile(path: Path) -> CalibrationProfile | None:
    """What a file has so far. Raises TrainingError where it is something else."""
    if not path.exists():
        return None
    try:
        return read_profile(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path}: something else than a calibration; choose another file") from error
