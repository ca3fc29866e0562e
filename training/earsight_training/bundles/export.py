"""From a captioner to a bundle that is calibrated and scored on photos it was not trained on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from earsight_bundle.confidence import UNCALIBRATED
from earsight_bundle.files import PROBE, SCENES
from earsight_training.bundles.graph_builder import Precision
from earsight_training.bundles.model_card import model_card
from earsight_training.bundles.out_of_distribution import fit_out_of_distribution
from earsight_training.bundles.writer import complete_manifest, write_bundle
from earsight_training.confidence.calibration_fit import best_caption, cross_fit, fit, truthful
from earsight_training.confidence.selective_prediction import COVERAGE, calibration_error, risk_at
from earsight_training.data.datasets import CaptionedPhoto, open_upright
from earsight_training.data.embed import encoder_identity
from earsight_training.errors import TrainingError
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.clip_weights import load_clip
from earsight_training.recipe import ClipEncoderSettings
from earsight_training.scoring.evaluate import Candidate, describe, score
from earsight_training.trained_captioner import TrainedCaptioner, load_captioner

PHOTOS_CHECKED = 16
"""Photos on which a bundle's graphs are compared with torch."""

MIN_CIDER = 0.05
"""CIDEr of captions that say nothing of their photos. Such captions may name no object, so make none up: a
confidence fitted on them would be sure of nothing at all."""


def with_clip(captioner: TrainedCaptioner, name_or_path: str, *, local_files_only: bool) -> TrainedCaptioner:
    """The captioner with CLIP as its encoder. Raises TrainingError for another CLIP than it was trained with;
    of an imported captioner only the size of the embeddings tells."""
    encoder = load_clip(name_or_path, local_files_only=local_files_only)
    numbers = len(captioner.embedding_mean)
    if encoder.width != numbers:
        raise TrainingError(
            f"{name_or_path}: its embeddings have {encoder.width} numbers, the model was trained on {numbers}"
            "; name the right one by --clip"
        )
    identity = encoder_identity(name_or_path, encoder, encoder.side)
    if captioner.clip_sha256 not in (None, identity.sha256):
        raise TrainingError(
            f"{name_or_path}: not the CLIP whose embeddings the model was trained on; name that one by --clip"
        )
    model = CaptionModel(encoder, captioner.model.mapper, captioner.model.decoder)
    return replace(captioner, model=model.eval())


def export_bundle(
    captioner: TrainedCaptioner,
    validation: Sequence[CaptionedPhoto],
    out: Path,
    precision: Precision,
    other_encoders: Sequence[Precision] = (),
    training: Sequence[CaptionedPhoto] = (),
) -> dict[str, float]:
    """Write, check against torch, and, where there are photos to validate by, calibrate and score.

    training: photos that it was trained on, by which it learns what is no picture of anything. The
    calibration is fitted on what the model says in float32, so that it is the same in every precision: fitted
    on each for itself, chance would put other captions first. The calibration error is that of confidences
    by a calibration that was fitted on other photos of the validation set.
    """
    pictures = [np.asarray(open_upright(photo.path)) for photo in validation[:PHOTOS_CHECKED]]
    write_bundle(out, captioner, precision, model_card(captioner.recipe, {}), pictures, other_encoders)
    if not validation:
        return {}
    if training:
        fit_out_of_distribution(out, captioner, training)
    calibration = UNCALIBRATED
    complete_manifest(out, calibration, {}, model_card(captioner.recipe, {}))
    candidates = describe(out, validation)
    scores = score(candidates)
    if scores["CIDEr"] >= MIN_CIDER:
        exact = candidates if precision == "float32" else _in_float32(captioner, validation, out)
        calibration = fit(exact)
        scores = score([best_caption(calibration, candidate) for candidate in candidates])
        said = cross_fit(candidates, calibration.order)
        confidence, truth = np.array([c.confidence for c in said]), truthful(said)
        scores["calibration-error"] = round(calibration_error(confidence, truth), 4)
        scores["made-up at 85 %"] = round(risk_at(COVERAGE, confidence, truth), 4)
    if "familiarity" not in calibration.weights:
        (out / SCENES).unlink(missing_ok=True)
    card = model_card(captioner.recipe, scores, knows_nothing=bool(training))
    complete_manifest(out, calibration, scores, card)
    return scores


def _in_float32(
    captioner: TrainedCaptioner, photos: Sequence[CaptionedPhoto], bundle: Path
) -> list[Candidate]:
    """What the bundle would say in float32, with what it has learned of surroundings."""
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "bundle"
        write_bundle(exact, captioner, "float32", "")
        for name in (SCENES, PROBE):
            if (bundle / name).exists():
                shutil.copy(bundle / name, exact / name)
        complete_manifest(exact, UNCALIBRATED, {}, "")
        return describe(exact, photos)


def caption_photos(
    checkpoint: Path, photos: Sequence[CaptionedPhoto], clip: str | None, *, local_files_only: bool
) -> list[Candidate]:
    """What a checkpoint says of photos: by a float32 bundle of it that is made for this and deleted."""
    captioner = load_captioner(checkpoint)
    encoder = captioner.recipe.encoder
    if isinstance(encoder, ClipEncoderSettings):
        captioner = with_clip(captioner, clip or encoder.model, local_files_only=local_files_only)
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder) / "bundle", captioner, "float32", model_card(captioner.recipe, {}))
        return describe(Path(folder) / "bundle", photos)
