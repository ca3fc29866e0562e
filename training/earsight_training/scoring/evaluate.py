"""What a model says of photos, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from earsight_bundle.thresholds import MAYBE_ABOVE, PLAIN_ABOVE, PROBABLY_ABOVE
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring.bootstrap import Metric, interval, mean_metric
from earsight_training.scoring.chair import Mention, ObjectList, chair
from earsight_training.scoring.describing import EvaluationError, device_rows
from earsight_training.scoring.kept_captions import KeptCaptions
from earsight_training.scoring.object_hallucination import ENGLISH, made_up
from earsight_training.scoring.scores import measure


@dataclass(frozen=True)
class Candidate:
    """What a model said of a photo.

    Attributes:
        photo: With its references.
        caption: The text.
        confidence: 0 to 1; None from a checkpoint, which has no calibration yet.
        evidence: What the confidence is computed from, by name.
        abstains: Whether a device would say that it can't tell, or what is wrong with the image.
        others: The other captions that the search ended with, best first.
        language: Code of that of the caption and the references.
    """

    photo: CaptionedPhoto
    caption: str
    confidence: float | None
    evidence: Mapping[str, float] = field(default_factory=dict)
    abstains: bool = False
    others: Sequence[Candidate] = ()
    language: str = ENGLISH

    @property
    def made_up(self) -> set[str]:
        """The words of the caption that name objects which no reference supports."""
        return made_up(self.caption, self.photo.captions, self.language)


@dataclass(frozen=True)
class Evaluation:
    """The scores of a model on a set of photos.

    Attributes:
        candidates: One for each photo.
        metrics: Of all photos.
        intervals: The 95 % interval of each metric.
        made_up: For each photo, the words of its caption that name objects which no reference supports.
        not_shown: For each photo, what its caption mentions and its object list does not; empty without such
            lists.
    """

    candidates: Sequence[Candidate]
    metrics: Sequence[Metric]
    intervals: Sequence[tuple[float, float]]
    made_up: Sequence[frozenset[str]]
    not_shown: Sequence[Sequence[Mention]]


def describe(
    bundle: Path,
    photos: Sequence[CaptionedPhoto],
    kept: KeptCaptions | None = None,
    language: str | None = None,
) -> list[Candidate]:
    """The captions of a bundle, by the very program that runs on the device.

    Args:
        bundle: Folder of the bundle.
        photos: To be captioned.
        kept: Captions that were kept of an earlier run in this language; it gets the new ones as they come.
        language: Code of that of the captions and the references; None: the bundle's first one.

    Returns:
        One candidate a photo. A photo that can't be described is listed on standard error and left out.

    Raises:
        EvaluationError: the program failed, or not one photo could be described.
    """
    options = ["--evidence", *([] if language is None else ["--language", language])]
    rows = device_rows(bundle, [photo.path for photo in photos], kept, options)
    return [candidate_of(photo, rows[photo.path], language) for photo in photos if photo.path in rows]


def candidate_of(photo: CaptionedPhoto, row: Mapping[str, Any], language: str | None) -> Candidate:
    """Read what the device printed of a photo.

    Args:
        photo: With its references.
        row: With the evidence.
        language: Code of that of the captions and the references; None: English.
    """
    first, *others = (
        Candidate(
            photo,
            found["caption"],
            found["confidence"],
            found["evidence"],
            row["abstained"],
            language=language or ENGLISH,
        )
        for found in row["captions"]
    )
    return replace(first, others=others)


def score(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Compute BLEU-1 to BLEU-4, METEOR, ROUGE-L and CIDEr, and the share of captions with something made up.

    Args:
        candidates: One for each photo.

    Returns:
        By name.

    Raises:
        EvaluationError: There is nothing to score, or a photo has no references.
        JavaError: Java is missing, or one of its programs failed.
    """
    return {metric.name: round(metric.value, 4) for metric in _metrics(candidates, with_spice=False)}


def evaluate(
    candidates: Sequence[Candidate], objects: ObjectList | None = None, *, with_spice: bool = False
) -> Evaluation:
    """Compute the scores of score(), SPICE and CHAIR where they are asked for, and the interval of each.

    Args:
        candidates: One for each photo.
        objects: What is in the photos, for CHAIR.
        with_spice: Whether SPICE is measured too.

    Raises:
        EvaluationError: There is nothing to score, or a photo has no references.
        ObjectListError: The list lacks a photo.
        JavaError: Java is missing, or one of its programs failed.
    """
    mentions = (
        [objects.made_up(c.photo.path, c.caption, c.photo.captions) for c in candidates] if objects else []
    )
    metrics = _metrics(candidates, with_spice=with_spice) + (chair(mentions) if objects else [])
    return Evaluation(
        candidates,
        metrics,
        [interval(metric) for metric in metrics],
        [frozenset(candidate.made_up) for candidate in candidates],
        [invented for invented, _ in mentions] or [()] * len(candidates),
    )


def _metrics(candidates: Sequence[Candidate], *, with_spice: bool) -> list[Metric]:
    _check(candidates)
    captions = [candidate.caption for candidate in candidates]
    references = [candidate.photo.captions for candidate in candidates]
    invented = np.array([bool(candidate.made_up) for candidate in candidates], np.float64)
    english = candidates[0].language == ENGLISH
    return [
        *measure(captions, references, with_spice=with_spice, english=english),
        mean_metric("made-up", invented),
    ]


def _check(candidates: Sequence[Candidate]) -> None:
    if not candidates:
        raise EvaluationError("there are no captions to score")
    seen: set[Path] = set()
    for candidate in candidates:
        photo = candidate.photo
        if not photo.captions:
            raise EvaluationError(f"{photo.path}: no reference captions to score against")
        if photo.path in seen:
            raise EvaluationError(f"{photo.path}: in the data more than once; choose one of its splits")
        seen.add(photo.path)


def reliability(candidates: Sequence[Candidate]) -> list[tuple[float, float, float, float]]:
    """Group captions by the daemon's default limits of its wordings.

    Args:
        candidates: Those without confidence are left out.

    Returns:
        For each range: from, below, the share of the captions in it, and the share of these that make nothing
        up (NaN where there are none). Nothing where no candidate has a confidence.
    """
    sure = [candidate for candidate in candidates if candidate.confidence is not None]
    if not sure:
        return []
    confidence = np.array([candidate.confidence for candidate in sure])
    truthful = np.array([not candidate.made_up for candidate in sure])
    rows = []
    for low, high in pairwise((0.0, MAYBE_ABOVE, PROBABLY_ABOVE, PLAIN_ABOVE, 1.01)):
        within = (confidence >= low) & (confidence < high)
        rows.append(
            (low, high, float(within.mean()), float(truthful[within].mean()) if within.any() else nan)
        )
    return rows
