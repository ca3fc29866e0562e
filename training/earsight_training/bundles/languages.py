"""Putting a decoder of one more language into a bundle: checked, calibrated and scored on photos that it was
not trained on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from earsight_bundle.confidence import UNCALIBRATED
from earsight_bundle.files import MODEL_CARD, TRAINED_ON, in_language
from earsight_bundle.manifest import DecoderSettings, Manifest
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.agreement import check_decoder_agreement
from earsight_training.bundles.export import MIN_CIDER, PHOTOS_CHECKED, cross_fitted_metrics
from earsight_training.bundles.precision import Precision
from earsight_training.bundles.reader import read_bundle
from earsight_training.bundles.writer import (
    decode_settings,
    require_bundle_folder,
    write_decoder,
    write_manifest,
)
from earsight_training.confidence.calibration_fit import best_caption, fit
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.squashed_photos import load_images
from earsight_training.errors import TrainingError
from earsight_training.scoring.evaluate import describe, score
from earsight_training.scoring.kept_captions import KeptCaptions
from earsight_training.trained_captioner import TrainedCaptioner

_HEADING = "## Captions in the language"


def add_language(
    bundle: Path,
    captioner: TrainedCaptioner,
    validation: Sequence[CaptionedPhoto],
    out: Path,
    precision: Precision = "int8",
) -> dict[str, float]:
    """Write a bundle with all that another has, and a decoder of one more language.

    Args:
        bundle: The one for whose encoder the decoder was trained.
        captioner: With a recipe of encoder: bundle.
        validation: Photos that it was not trained on, with captions in its language.
        out: Folder of the new bundle; may be the same.
        precision: Of the decoder's graph.

    Returns:
        The scores by name.

    Raises:
        TrainingError: The bundle's first decoder has the language already, or as the steps do.
    """
    out = out.resolve()
    require_bundle_folder(out)
    (code,) = captioner.recipe.data.languages
    manifest = read_bundle(bundle).manifest
    if code in manifest.starts:
        raise TrainingError(f"{bundle}: {code} is a language of its first decoder already")
    with replacing_folder(out) as unfinished:
        shutil.copytree(bundle, unfinished, dirs_exist_ok=True)
        settings = _with_decoder(unfinished, captioner, validation, manifest, precision)
        _remember_photos(unfinished, captioner)
        _write(unfinished, manifest, code, settings)
        settings, kept = _measured(unfinished, validation, code, settings)
        card = (unfinished / MODEL_CARD).read_text(encoding="utf-8")
        card = _with_language(card, captioner, code, settings.metrics)
        (unfinished / MODEL_CARD).write_text(card, encoding="utf-8")
        _write(unfinished, manifest, code, settings)
        kept.delete()
    return settings.metrics


def _with_decoder(
    bundle: Path,
    captioner: TrainedCaptioner,
    photos: Sequence[CaptionedPhoto],
    manifest: Manifest,
    precision: Precision,
) -> DecoderSettings:
    """Write the decoder and compare it with torch. The settings are not calibrated yet."""
    name = partial(in_language, language=captioner.recipe.data.languages[0])
    write_decoder(bundle, captioner, precision, name)
    pictures = load_images(photos[:PHOTOS_CHECKED], manifest.captioning.image.side)
    checks = check_decoder_agreement(bundle, captioner, precision, list(pictures), name)
    return DecoderSettings(decode=decode_settings(captioner), calibration=UNCALIBRATED, checks=checks)


def language_bytes(captioner: TrainedCaptioner) -> int:
    """Estimate how much room the files of a language take at most."""
    return sum(parameter.numel() for parameter in captioner.model.decoder.parameters()) * 6


def _measured(
    bundle: Path, photos: Sequence[CaptionedPhoto], code: str, settings: DecoderSettings
) -> tuple[DecoderSettings, KeptCaptions]:
    """The settings with calibration and scores, and what the captions are kept in until these are written."""
    kept = KeptCaptions(bundle, code)
    candidates = describe(bundle, photos, kept, code)
    scores = score(candidates)
    if scores["CIDEr"] < MIN_CIDER:
        return settings.model_copy(update={"metrics": scores}), kept
    calibration = fit(candidates)
    scores = score([best_caption(calibration, candidate) for candidate in candidates])
    measured = {"calibration": calibration, "metrics": scores | cross_fitted_metrics(candidates, calibration)}
    return settings.model_copy(update=measured), kept


def _write(bundle: Path, manifest: Manifest, code: str, settings: DecoderSettings) -> None:
    decoders = (manifest.decoders or {}) | {code: settings}
    write_manifest(bundle, manifest.model_copy(update={"decoders": decoders}))


def _remember_photos(bundle: Path, captioner: TrainedCaptioner) -> None:
    """Add the decoder's photos to those that the bundle must not be judged by."""
    path = bundle / TRAINED_ON
    if captioner.trained_on is not None and path.exists():
        known = [np.load(path), captioner.trained_on]
        np.save(path, np.unique(np.concatenate(known), axis=0))


def _with_language(card: str, captioner: TrainedCaptioner, code: str, scores: dict[str, float]) -> str:
    """The model card with what is to be said of the language, in place of what was said of an older one."""
    heading = f"{_HEADING} `{code}`"
    before, found, after = card.partition(heading)
    rest = after[after.index("\n## ") :] if found and "\n## " in after else ""
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in scores.items())
    splits = ", ".join(captioner.recipe.data.validation)
    parts = [
        before.rstrip(),
        heading,
        captioner.recipe.about.strip(),
        f"Licence: {captioner.recipe.licence}",
        f"On photos that it was not trained on (the split {splits}), as the device says it:",
        f"| measure | value |\n|---|---|\n{rows}",
    ]
    return "\n\n".join(parts) + "\n" + rest
