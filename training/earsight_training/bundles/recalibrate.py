"""Fitting the confidence of a bundle anew, in each of its languages, on photos of several kinds, without
telling it the kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from earsight_bundle.manifest import Calibration, Manifest
from earsight_training.atomic import replacing_folder
from earsight_training.bundles.reader import read_bundle
from earsight_training.bundles.writer import require_bundle_folder, write_manifest
from earsight_training.confidence.kinds_fit import Sets, fit_on_kinds
from earsight_training.data.datasets import CaptionedPhoto, in_language
from earsight_training.scoring.evaluate import describe
from earsight_training.scoring.kept_captions import KeptCaptions


def recalibrate(bundle: Path, sets: Sets, out: Path) -> dict[str, dict[str, float]]:
    """Write a bundle whose captions are as sure as they are right on all sets together.

    A kind counts by the square root of how many photos there are of it: so a large one does not decide alone,
    nor do a few photos as much as many.

    Args:
        bundle: The bundle.
        sets: Photos that the bundle was not trained on.
        out: Folder of the new bundle; may be the same.

    Returns:
        By language and set, the calibration error of confidences that were fitted on other photos (five folds
        over all). A language in which no photo has a reference keeps its confidence, and is left out.

    Raises:
        TrainingError: The folder holds something else, or photos can't be described.
    """
    out = out.resolve()
    require_bundle_folder(out)
    manifest = read_bundle(bundle).manifest
    fitted = fit_languages(bundle, manifest.codes, sets)
    with replacing_folder(out) as unfinished:
        shutil.copytree(bundle, unfinished, dirs_exist_ok=True)
        write_manifest(unfinished, fitted.manifest)
    for kept in fitted.kept:
        kept.delete()
    return fitted.errors


@dataclass(frozen=True)
class FittedLanguages:
    """What fit_languages() found.

    Attributes:
        manifest: Of the bundle, with the confidences.
        errors: By language and set, the calibration error.
        kept: What the captions are kept in until the manifest is written.
    """

    manifest: Manifest
    errors: dict[str, dict[str, float]]
    kept: list[KeptCaptions]


def fit_languages(bundle: Path, codes: Iterable[str], sets: Sets) -> FittedLanguages:
    """Fit the confidence in the captions of some languages of a bundle; see recalibrate().

    Raises:
        TrainingError: It is no bundle, or photos can't be described.
    """
    manifest = read_bundle(bundle).manifest
    first = manifest.codes[0]
    errors: dict[str, dict[str, float]] = {}
    kept: list[KeptCaptions] = []
    for code in codes:
        found = of_language(sets, code, first)
        if any(found.values()):
            kept.append(KeptCaptions(bundle, None if code == first else code))
            calibration, errors[code] = _fitted(bundle, found, kept[-1], code)
            manifest = _with(manifest, code, calibration, errors[code])
    return FittedLanguages(manifest, errors, kept)


def of_language(sets: Sets, code: str, first: str) -> dict[str, list[CaptionedPhoto]]:
    """Select the references in a language.

    Args:
        sets: Where the data does not say their language, references are in the first one.
        code: Of the language.
        first: Code of the bundle's first language.
    """
    return {
        name: in_language([photo for photo in photos if photo.languages or code == first], code)
        for name, photos in sets.items()
    }


def _fitted(bundle: Path, sets: Sets, kept: KeptCaptions, code: str) -> tuple[Calibration, dict[str, float]]:
    """The confidence in a language, and the calibration error of each set."""
    photos = [photo for of_set in sets.values() for photo in of_set]
    candidates = describe(bundle, photos, kept, code)
    return fit_on_kinds(candidates, sets)


def _with(manifest: Manifest, code: str, calibration: Calibration, errors: Mapping[str, float]) -> Manifest:
    """The manifest with a language's confidence, wherever it has that."""
    measured = {f"calibration-error {name}": value for name, value in errors.items()}
    own = (manifest.decoders or {}).get(code)
    if own is not None:
        own = own.model_copy(update={"calibration": calibration, "metrics": own.metrics | measured})
        return manifest.model_copy(update={"decoders": {**(manifest.decoders or {}), code: own}})
    if code == manifest.codes[0]:
        kept = {name: each for name, each in (manifest.calibrations or {}).items() if name != code}
        update = {"calibration": calibration, "calibrations": kept or None}
        return manifest.model_copy(update=update | {"metrics": manifest.metrics | measured})
    measured = {f"calibration-error {code} {name}": value for name, value in errors.items()}
    calibrations = (manifest.calibrations or {}) | {code: calibration}
    return manifest.model_copy(update={"calibrations": calibrations, "metrics": manifest.metrics | measured})
