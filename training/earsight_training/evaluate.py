"""Scores of captions against references, by pycocoevalcap (which needs Java for its tokenizer and METEOR)."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from pathlib import Path

import numpy as np

from earsight_training.datasets import CaptionedPhoto
from earsight_training.errors import TrainingError
from earsight_training.objects import made_up


class EvaluationError(TrainingError):
    """Captions can't be had or scored; the message says why."""


@dataclass(frozen=True)
class Candidate:
    """What a bundle said of a photo."""

    photo: CaptionedPhoto
    caption: str
    confidence: float
    mean_log_prob: float
    lowest_log_prob: float


def describe(bundle: Path, photos: Sequence[CaptionedPhoto]) -> list[Candidate]:
    """The captions of a bundle, by the very program that runs on the device. Raises EvaluationError."""
    command = [sys.executable, "-m", "earsight", "describe", "--json", "--log-probs", "--bundle", str(bundle)]
    paths = [str(photo.path) for photo in photos]
    # Standard error stays the terminal's: the child says there what is wrong, and shows its progress.
    child = subprocess.run([*command, *paths], stdout=subprocess.PIPE, text=True, check=False)
    said = [json.loads(line) for line in child.stdout.splitlines()]
    if child.returncode or len(said) != len(photos):
        raise EvaluationError(f"earsight describe captioned {len(said)} of {len(photos)} photos")
    evidence = ("confidence", "mean_log_prob", "lowest_log_prob")
    return [
        Candidate(photo, row["caption"], *(row[key] for key in evidence))
        for photo, row in zip(photos, said, strict=True)
    ]


def score(candidates: Sequence[Candidate]) -> dict[str, float]:
    """BLEU-1..4, METEOR, ROUGE-L and CIDEr over all candidates, and the share with something made up."""
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.meteor.meteor import Meteor
    from pycocoevalcap.rouge.rouge import Rouge
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

    def rows(texts: Sequence[Sequence[str]]) -> dict[int, list[dict[str, str]]]:
        return {index: [{"caption": text} for text in some] for index, some in enumerate(texts)}

    try:
        tokenizer = PTBTokenizer()
        references = tokenizer.tokenize(rows([candidate.photo.captions for candidate in candidates]))
        results = tokenizer.tokenize(rows([[candidate.caption] for candidate in candidates]))
    except FileNotFoundError as error:
        raise EvaluationError("scoring needs Java: apt install default-jre-headless") from error
    with contextlib.redirect_stdout(io.StringIO()):
        bleu, _ = Bleu(4).compute_score(references, results)
        scores = {f"BLEU-{n + 1}": value for n, value in enumerate(bleu)}
        for name, scorer in (("METEOR", Meteor()), ("ROUGE-L", Rouge()), ("CIDEr", Cider())):
            scores[name], _ = scorer.compute_score(references, results)
    invented = [bool(made_up(candidate.caption, candidate.photo.captions)) for candidate in candidates]
    scores["made-up"] = sum(invented) / len(invented)
    return {name: round(float(value), 4) for name, value in scores.items()}


def reliability(candidates: Sequence[Candidate]) -> list[tuple[float, float, float, float]]:
    """By ranges of confidence, the daemon's default limits of its wordings: from, below, the share of the
    captions in it, and the share of those that make nothing up (nan where there are none)."""
    confidence = np.array([candidate.confidence for candidate in candidates])
    truthful = np.array([not made_up(c.caption, c.photo.captions) for c in candidates])
    rows = []
    for low, high in pairwise((0.0, 0.2, 0.45, 0.7, 1.01)):
        within = (confidence >= low) & (confidence < high)
        rows.append(
            (low, high, float(within.mean()), float(truthful[within].mean()) if within.any() else nan)
        )
    return rows
