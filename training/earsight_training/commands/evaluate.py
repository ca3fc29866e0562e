"""earsight-train evaluate: caption photos with a bundle or a checkpoint, and score the captions."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_bundle.files import MANIFEST
from earsight_bundle.manifest import Manifest
from earsight_training.commands.arguments import RenamedOption, add_data, add_local_files_only, photos
from earsight_training.errors import TrainingError

if TYPE_CHECKING:
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.scoring.evaluate import Candidate, Evaluation

_PRINT = Path("-")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument(
        "--bundle", type=Path, metavar="DIR", help="model bundle; captions as a device says them"
    )
    model.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="a model that `train` or `import` wrote",
    )
    parser.add_argument(
        "--clip", metavar="NAME|FILE", help="with --checkpoint: another CLIP than the one the model names"
    )
    add_local_files_only(parser)
    parser.add_argument(
        "--split", metavar="NAME", help="default: val, or all photos of data without splits; `all` is all"
    )
    parser.add_argument(
        "--objects",
        type=Path,
        metavar="FILE",
        help="what is in the photos, for CHAIR: CSV with image,object, or COCO's instances JSON",
    )
    parser.add_argument(
        "--synonyms",
        type=Path,
        metavar="FILE",
        help="with --objects: a line an object, its name and the words for it, with commas between",
    )
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=_PRINT,
        metavar="FILE",
        help="print one JSON object instead of the table, or write it, with all captions, to FILE",
    )
    parser.add_argument(
        "--plot",
        type=Path,
        metavar="FILE",
        help="write the risk-coverage curve (.svg or .png): what is made up by how much is described",
    )
    parser.add_argument(
        "--uninformative",
        type=int,
        default=0,
        metavar="N",
        help="with --bundle: how often it abstains on N generated images with nothing to describe",
    )
    parser.add_argument("--nothing", action=RenamedOption, new="--uninformative")
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="write an HTML page of photos and captions, worst first"
    )


def run(arguments: argparse.Namespace) -> int:
    from earsight_training.confidence.abstention import abstention_on_uninformative
    from earsight_training.confidence.report import as_json, print_report, reliability_report
    from earsight_training.scoring.chair import read_objects
    from earsight_training.scoring.evaluate import evaluate
    from earsight_training.scoring.report_page import write_page
    from earsight_training.scoring.spice import what_is_missing

    if arguments.synonyms and not arguments.objects:
        raise TrainingError("--synonyms are words for --objects, which are not given")
    if arguments.checkpoint and (arguments.plot or arguments.uninformative):
        raise TrainingError("--plot and --uninformative need --bundle: a checkpoint is not calibrated yet")
    for path in filter(None, (arguments.json, arguments.page, arguments.plot)):
        if not path.parent.is_dir():
            raise TrainingError(f"{path}: there is no folder {path.parent}")
    chosen = _photos(arguments)
    objects = read_objects(arguments.objects, arguments.synonyms) if arguments.objects else None
    if objects:
        objects.check(photo.path for photo in chosen)
    missing = what_is_missing()
    if missing:
        print(f"earsight-train: SPICE is left out: {missing}", file=sys.stderr)
    evaluation = evaluate(_candidates(arguments, chosen), objects, with_spice=not missing)
    written = [text for photo in photos(arguments, None) for text in photo.captions]
    report = reliability_report(evaluation.candidates, written, _order(arguments.bundle))
    if arguments.uninformative:
        paths = [photo.path for photo in chosen]
        found = abstention_on_uninformative(arguments.bundle, arguments.uninformative, paths)
        report = replace(report, uninformative=found)
    if arguments.json == _PRINT:
        print(json.dumps(_summary(evaluation) | as_json(report)))
    else:
        _print_table(evaluation)
        print_report(report)
    if arguments.plot:
        _plot(arguments, evaluation)
    if arguments.json not in (None, _PRINT):
        content = _summary(evaluation) | as_json(report) | {"captions": _captions(evaluation)}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if arguments.page:
        write_page(arguments.page, f"Captions of {arguments.bundle or arguments.checkpoint}", evaluation)
    return 0


def _photos(arguments: argparse.Namespace) -> list[CaptionedPhoto]:
    everything = photos(arguments, None)
    if arguments.split == "all" or not (arguments.split or any(photo.split for photo in everything)):
        return everything
    return photos(arguments, [arguments.split or "val"])


def _candidates(arguments: argparse.Namespace, chosen: list[CaptionedPhoto]) -> list[Candidate]:
    if arguments.bundle:
        from earsight_training.scoring.evaluate import describe

        return describe(arguments.bundle, chosen)
    from earsight_training.bundles.export import caption_photos

    said = caption_photos(
        arguments.checkpoint, chosen, arguments.clip, local_files_only=arguments.local_files_only
    )
    return [replace(candidate, confidence=None) for candidate in said]  # nothing has calibrated it yet


def _order(bundle: Path | None) -> float:
    """calibration.order of a bundle, which earsight describe has read already."""
    path = bundle / MANIFEST if bundle else None
    if path is None or not path.exists():
        return 0.0
    return Manifest.model_validate_json(path.read_text(encoding="utf-8")).calibration.order


def _plot(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    import numpy as np

    from earsight_training.confidence.risk_coverage_plot import plot_risk

    confidence = np.array([candidate.confidence for candidate in evaluation.candidates])
    truthful = np.array([not invented for invented in evaluation.made_up])
    plot_risk(arguments.plot, confidence, truthful, f"{arguments.bundle.name}: {len(truthful):,} photos")


def _print_table(evaluation: Evaluation) -> None:
    from earsight_training.scoring.bootstrap import RESAMPLES
    from earsight_training.scoring.evaluate import reliability

    print(
        f"{len(evaluation.candidates):,} photos; 95 % intervals by {RESAMPLES:,} resamplings of the photos\n"
    )
    for metric, (low, high) in zip(evaluation.metrics, evaluation.intervals, strict=True):
        print(f"{metric.name:10}{metric.value:8.4f}   {low:.4f} to {high:.4f}")
    rows = reliability(evaluation.candidates)
    if rows:
        print("\nconfidence   captions   of these without anything made up")
    for low, high, share, truthful in rows:
        known = f"{truthful:8.1%}" if share else f"{'-':>8}"
        print(f"{low:4.2f}-{min(high, 1):4.2f}   {share:8.1%}   {known}")


def _summary(evaluation: Evaluation) -> dict[str, object]:
    scores: dict[str, object] = {metric.name: round(metric.value, 4) for metric in evaluation.metrics}
    named = zip(evaluation.metrics, evaluation.intervals, strict=True)
    intervals = {metric.name: [round(low, 4), round(high, 4)] for metric, (low, high) in named}
    return scores | {"photos": len(evaluation.candidates), "intervals": intervals}


def _captions(evaluation: Evaluation) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for index, candidate in enumerate(evaluation.candidates):
        scores = {metric.name: round(float(metric.per_photo[index]), 4) for metric in evaluation.metrics}
        rows.append(
            {
                "image": str(candidate.photo.path),
                "caption": candidate.caption,
                "confidence": candidate.confidence,
                "references": list(candidate.photo.captions),
                "made-up": sorted(evaluation.made_up[index]),
                "not-among-objects": [mention.words for mention in evaluation.not_shown[index]],
                "scores": {name: value for name, value in scores.items() if not math.isnan(value)},
            }
        )
    return rows
