"""earsight-train evaluate: describe photos with a bundle or a checkpoint, and score what it says."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_bundle.confidence import LIKELIEST_FIRST, Ranking
from earsight_files.text import printable
from earsight_training.atomic import replace_file
from earsight_training.commands.arguments import (
    RenamedOption,
    add_data,
    add_local_files_only,
    add_missing,
    photos,
    usable_photos,
)
from earsight_training.commands.labelled import add_labels, check_labels, run_labels
from earsight_training.errors import TrainingError
from earsight_training.preconditions import require_room, require_writable
from earsight_training.recipe import ClipEncoderSettings

if TYPE_CHECKING:
    import numpy as np

    from earsight_training.confidence.report import ReliabilityReport
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.inspection import InspectedPhotos
    from earsight_training.scoring.evaluate import Candidate, Evaluation
    from earsight_training.scoring.kept_captions import KeptCaptions
    from earsight_training.trained_captioner import TrainedCaptioner

EXAMPLES = [
    "--bundle bundle --data photos/split.csv --split test --page test.html",
    "--checkpoint work/model.pt --data photos/split.csv --json scores.json",
    "--bundle bundle --labels doors --table config/training/labels/doors.yaml --page worst.html",
    "--detections objects.csv.gz --teacher nanodet --above 0.45 --labels boxes --classes person,dog",
]
_PLOTS = (".svg", ".png")
_IMAGE_BYTES = 2 * 2**20
"""Of a generated image, at most."""
_PRINT = Path("-")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_data(parser, required=False)
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
    add_missing(parser, "as when the model was trained")
    parser.add_argument(
        "--split", metavar="NAME", help="default: val, or all photos of data without splits; `all` is all"
    )
    _add_objects(parser)
    add_labels(parser, model)
    _add_output(parser)


def _add_objects(parser: argparse.ArgumentParser) -> None:
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


def _add_output(parser: argparse.ArgumentParser) -> None:
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
    """Run the command, and return its exit status."""
    _check(arguments)
    (run_labels if arguments.labels else _run_captions)(arguments)
    return 0


def _run_captions(arguments: argparse.Namespace) -> None:
    from earsight_training.confidence.abstention import abstention_on_uninformative
    from earsight_training.confidence.report import reliability_report
    from earsight_training.scoring.chair import read_objects
    from earsight_training.scoring.evaluate import evaluate
    from earsight_training.scoring.scores import rehearse
    from earsight_training.scoring.spice import what_is_missing

    # What is quickly found out comes first.
    model, splits = _Model.open(arguments), _splits(arguments)
    objects = read_objects(arguments.objects, arguments.synonyms) if arguments.objects else None
    rehearse(only_cider=arguments.language not in (None, "en"))
    languages = [arguments.language] if arguments.language else None
    inspected, _ = usable_photos(arguments, splits, model.missing, languages)
    chosen = inspected.photos
    if objects:
        objects.check(photo.path for photo in chosen)
    model.refuse_trained_on(inspected)
    missing = what_is_missing()
    if missing:
        print(f"earsight-train: SPICE is left out: {missing}", file=sys.stderr)
    with model.captions(chosen) as (candidates, kept):
        evaluation = evaluate(candidates, objects, with_spice=not missing)
        written = [text for photo in photos(arguments, None, languages) for text in photo.captions]
        report = reliability_report(evaluation.candidates, written, model.ranking)
        if arguments.uninformative:
            paths = [photo.path for photo in chosen]
            found = abstention_on_uninformative(arguments.bundle, arguments.uninformative, paths)
            report = replace(report, uninformative=found)
        _write(arguments, evaluation, report)
        kept.delete()


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is done. Raises TrainingError, ImportError."""
    check_labels(arguments)
    if arguments.synonyms and not arguments.objects:
        raise TrainingError("--synonyms are words for --objects, which are not given")
    if arguments.checkpoint and arguments.language:
        raise TrainingError("--language is for --bundle: a checkpoint has one language")
    if arguments.checkpoint and (arguments.plot or arguments.uninformative):
        raise TrainingError("--plot and --uninformative need --bundle: a checkpoint is not calibrated yet")
    for path in filter(None, (arguments.json, arguments.page, arguments.plot)):
        if path != _PRINT:
            require_writable(path)
    if arguments.plot:
        import_module("matplotlib")
        if arguments.plot.suffix.lower() not in _PLOTS:
            raise TrainingError(f"{arguments.plot}: a plot is {' or '.join(_PLOTS)}, by its name")
    if arguments.uninformative:
        scratch = Path(tempfile.gettempdir())
        require_room(scratch, arguments.uninformative * _IMAGE_BYTES, "the generated images")


def _splits(arguments: argparse.Namespace) -> list[str] | None:
    """Those whose photos are to be captioned; None: all. Raises DatasetError where there are none of them."""
    some = arguments.split or any(photo.split for photo in photos(arguments, None))
    if arguments.split == "all" or not some:
        return None
    splits = [arguments.split or "val"]
    photos(arguments, splits)
    return splits


class _Model:
    """What is evaluated: a bundle, or a checkpoint of which a bundle is made for this."""

    def __init__(
        self,
        name: str,
        bundle: Path | None,
        captioner: TrainedCaptioner | None,
        trained_on: np.ndarray | None,
        missing: float,
        ranking: Ranking = LIKELIEST_FIRST,
        language: str | None = None,
    ) -> None:
        self.name, self.trained_on, self.missing, self.ranking = name, trained_on, missing, ranking
        self._bundle, self._captioner, self._language = bundle, captioner, language

    @classmethod
    def open(cls, arguments: argparse.Namespace) -> _Model:
        """Raises TrainingError for what is no model."""
        if arguments.bundle:
            from earsight_training.bundles.reader import read_bundle, require_language

            found = read_bundle(arguments.bundle)
            require_language(arguments.bundle, found.manifest, arguments.language)
            ranking = Ranking.of(found.manifest.captioning_in(arguments.language).calibration)
            name, missing = str(arguments.bundle), found.manifest.missing
            return cls(name, arguments.bundle, None, found.trained_on, missing, ranking, arguments.language)
        from earsight_training.bundles.export import require_own_encoder, with_clip
        from earsight_training.trained_captioner import load_captioner

        captioner = load_captioner(arguments.checkpoint)
        require_own_encoder(captioner, arguments.checkpoint)
        encoder = captioner.recipe.encoder
        if isinstance(encoder, ClipEncoderSettings):
            name = arguments.clip or encoder.model
            captioner = with_clip(captioner, name, local_files_only=arguments.local_files_only)
        return cls(str(arguments.checkpoint), None, captioner, captioner.trained_on, captioner.missing)

    def refuse_trained_on(self, inspected: InspectedPhotos) -> None:
        """Raises LeakError where it was trained on some of the photos."""
        from earsight_training.data.leaks import refuse_trained_on

        if self.trained_on is not None:
            refuse_trained_on(inspected.photos, inspected.fingerprints, self.trained_on, self.name)
            return
        print(
            f"{self.name} does not say what it was trained on: its scores may be of photos of its training",
            file=sys.stderr,
        )

    @contextmanager
    def captions(self, chosen: Sequence[CaptionedPhoto]) -> Iterator[tuple[list[Candidate], KeptCaptions]]:
        """What it says of photos; a checkpoint has no confidence, since nothing has calibrated it yet."""
        from earsight_training.scoring.evaluate import describe
        from earsight_training.scoring.kept_captions import KeptCaptions

        if self._bundle:
            kept = KeptCaptions(self._bundle, self._language)
            yield describe(self._bundle, chosen, kept, self._language), kept
            return
        from earsight_training.bundles.export import as_bundle

        assert self._captioner
        with as_bundle(self._captioner) as bundle:
            kept = KeptCaptions(bundle)
            said = describe(bundle, chosen, kept)
        yield [replace(candidate, confidence=None) for candidate in said], kept


def _write(arguments: argparse.Namespace, evaluation: Evaluation, report: ReliabilityReport) -> None:
    from earsight_training.confidence.report import as_json, print_report
    from earsight_training.scoring.report_page import write_page

    if arguments.json == _PRINT:
        print(json.dumps(_summary(evaluation) | as_json(report)))
    else:
        _print_table(evaluation)
        print_report(report)
    if arguments.plot:
        _plot(arguments, evaluation)
    if arguments.json not in (None, _PRINT):
        content = _summary(evaluation) | as_json(report) | {"captions": _captions(evaluation)}
        replace_file(arguments.json, f"{json.dumps(content, indent=1)}\n".encode())
    if arguments.page:
        title = f"Captions of {printable(str(arguments.bundle or arguments.checkpoint))}"
        write_page(arguments.page, title, evaluation)


def _plot(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    import numpy as np

    from earsight_training.confidence.risk_coverage_plot import plot_risk

    confidence = np.array([candidate.confidence for candidate in evaluation.candidates])
    truthful = np.array([not invented for invented in evaluation.made_up])
    title = f"{printable(arguments.bundle.name)}: {len(truthful):,} photos"
    plot_risk(arguments.plot, confidence, truthful, title)


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
