"""From a captioner to a bundle that is calibrated and scored on photos it was not trained on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from earsight_bundle.confidence import UNCALIBRATED, Ranking
from earsight_bundle.files import PROBE, SCENES
from earsight_bundle.manifest import Calibration
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.model_card import model_card
from earsight_training.bundles.out_of_distribution import fit_out_of_distribution
from earsight_training.bundles.precision import Precision
from earsight_training.bundles.recalibrate import fit_languages
from earsight_training.bundles.writer import (
    bundle_bytes,
    complete_manifest,
    require_bundle_folder,
    write_bundle,
    write_manifest,
)
from earsight_training.confidence.calibration_fit import best_caption, cross_fit, fit, truthful
from earsight_training.confidence.selective_prediction import COVERAGE, calibration_error, risk_at
from earsight_training.data.datasets import CaptionedPhoto, in_language, open_upright
from earsight_training.data.embed import encoder_identity
from earsight_training.errors import TrainingError
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.clip_weights import load_clip
from earsight_training.preconditions import require_room
from earsight_training.recipe import BundleEncoderSettings
from earsight_training.scoring.evaluate import Candidate, describe, score
from earsight_training.scoring.kept_captions import KeptCaptions
from earsight_training.trained_captioner import TrainedCaptioner

PHOTOS_CHECKED = 16
"""Photos on which a bundle's graphs are compared with torch."""

_VALIDATION = "validation"
"""What the photos to validate by are called in the metrics."""

MIN_CIDER = 0.05
"""Under this CIDEr captions say nothing of their photos. Such captions may name no object, so make none up: a
confidence fitted on them would be sure of nothing at all."""


def with_clip(captioner: TrainedCaptioner, name_or_path: str, *, local_files_only: bool) -> TrainedCaptioner:
    """Return the captioner with CLIP as its encoder.

    Args:
        captioner: One that was trained on CLIP's embeddings.
        name_or_path: As for load_clip().
        local_files_only: Whether nothing is downloaded.

    Raises:
        TrainingError: It is another CLIP than the captioner was trained with. Of an imported captioner only
            the number of the embedding's numbers tells.
        ClipError: The weights can't be loaded.
    """
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


def require_own_encoder(captioner: TrainedCaptioner, path: Path) -> None:
    """Refuse a captioner that has no encoder but that of the bundle for which it was trained.

    Args:
        captioner: As it was loaded.
        path: Of its file, for the message.

    Raises:
        TrainingError: It has none.
    """
    if isinstance(captioner.recipe.encoder, BundleEncoderSettings):
        raise TrainingError(
            f"{path}: a decoder for the encoder of a bundle; put it into that by `earsight-train language`"
        )


def export_bundle(
    captioner: TrainedCaptioner,
    validation: Sequence[CaptionedPhoto],
    out: Path,
    precision: Precision,
    other_encoders: Sequence[Precision] = (),
    training: Sequence[CaptionedPhoto] = (),
) -> dict[str, float]:
    """Write a bundle and check it against torch; with photos to validate by, calibrate and score it.

    Args:
        captioner: With its encoder, CLIP's too.
        validation: Photos that it was not trained on.
        out: The bundle's folder. What is there stays until the new bundle is whole, calibrated and scored.
        precision: Of both graphs.
        other_encoders: Precisions of further encoders.
        training: Photos that it was trained on, drawn by draw_photos(), from which the bundle learns which
            images are unlike them.

    Returns:
        The scores by name; empty without validation photos.

    Raises:
        TrainingError: As its steps do.
    """
    out = out.resolve()
    require_bundle_folder(out)
    with replacing_folder(out) as unfinished:
        return _export(captioner, validation, unfinished, precision, other_encoders, training)


def _export(
    captioner: TrainedCaptioner,
    validation: Sequence[CaptionedPhoto],
    out: Path,
    precision: Precision,
    other_encoders: Sequence[Precision],
    training: Sequence[CaptionedPhoto],
) -> dict[str, float]:
    """As export_bundle(), into a folder that is not the bundle's place yet."""
    checked = [np.asarray(open_upright(photo.path)) for photo in validation[:PHOTOS_CHECKED]]
    write_bundle(out, captioner, precision, model_card(captioner.recipe, {}), checked, other_encoders)
    if not validation:
        return {}
    if training:
        fit_out_of_distribution(out, captioner, training)
    complete_manifest(out, UNCALIBRATED, {}, model_card(captioner.recipe, {}))
    kept: list[KeptCaptions] = []
    calibration, scores = _calibrate(captioner, validation, out, precision, kept)
    if "familiarity" not in calibration.weights:
        (out / SCENES).unlink(missing_ok=True)
    known = captioner.trained_on is not None
    card = model_card(captioner.recipe, scores, has_probe=bool(training), knows_its_photos=known)
    complete_manifest(out, calibration, scores, card)
    if calibration != UNCALIBRATED:
        others = fit_languages(out, captioner.recipe.data.languages[1:], {_VALIDATION: validation})
        write_manifest(out, others.manifest)
        kept += others.kept
    for captions in kept:
        captions.delete()
    return scores


def _calibrate(
    captioner: TrainedCaptioner,
    photos: Sequence[CaptionedPhoto],
    bundle: Path,
    precision: Precision,
    kept: list[KeptCaptions],
) -> tuple[Calibration, dict[str, float]]:
    """The calibration and the scores of a bundle, which is not calibrated yet.

    These are of the first language. The calibration is fitted on what the model says in float32, so that it
    is the same in every precision: fitted on each, chance would put other captions first. The calibration
    error is cross-fitted. kept gets what the captions are kept in until they are scored.
    """
    photos = in_language(photos, captioner.recipe.data.languages[0])
    kept.append(KeptCaptions(bundle))
    candidates = describe(bundle, photos, kept[-1])
    scores = score(candidates)
    if scores["CIDEr"] < MIN_CIDER:
        return UNCALIBRATED, scores
    exact = candidates if precision == "float32" else _in_float32(captioner, photos, bundle, kept)
    calibration = fit(exact)
    scores = score([best_caption(calibration, candidate) for candidate in candidates])
    return calibration, scores | cross_fitted_metrics(candidates, calibration)


def cross_fitted_metrics(candidates: Sequence[Candidate], calibration: Calibration) -> dict[str, float]:
    """Measure, cross-fitted, what a calibration is worth.

    Args:
        candidates: One for each photo, with all that its search ended with.
        calibration: Fitted on these.

    Returns:
        The expected calibration error, and what is made up at COVERAGE, by name.
    """
    said = cross_fit(candidates, Ranking.of(calibration))
    confidence, truth = np.array([caption.confidence for caption in said]), truthful(said)
    return {
        "calibration-error": round(calibration_error(confidence, truth), 4),
        "made-up at 85 %": round(risk_at(COVERAGE, confidence, truth), 4),
    }


def _in_float32(
    captioner: TrainedCaptioner,
    photos: Sequence[CaptionedPhoto],
    bundle: Path,
    kept: list[KeptCaptions],
) -> list[Candidate]:
    """What the bundle would say in float32, with its files about the training photos."""
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "bundle"
        write_bundle(exact, captioner, "float32", "")
        for name in (SCENES, PROBE):
            if (bundle / name).exists():
                shutil.copy(bundle / name, exact / name)
        complete_manifest(exact, UNCALIBRATED, {}, "")
        kept.append(KeptCaptions(exact))
        return describe(exact, photos, kept[-1])


@contextmanager
def as_bundle(captioner: TrainedCaptioner) -> Iterator[Path]:
    """Yield a float32 bundle of a captioner, which is deleted afterwards.

    Args:
        captioner: With its encoder, CLIP's too.

    Raises:
        PreconditionError: There is no room for it.
        AgreementError: A graph disagrees with torch.
    """
    require_room(Path(tempfile.gettempdir()), bundle_bytes(captioner, ["float32"]), "a bundle of the model")
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder) / "bundle", captioner, "float32", model_card(captioner.recipe, {}))
        yield Path(folder) / "bundle"
