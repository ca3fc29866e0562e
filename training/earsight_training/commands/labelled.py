"""The part of `earsight-train evaluate` that goes by labels of photos (--labels) in the place of captions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_files.text import printable
from earsight_training.atomic import replace_file
from earsight_training.commands.arguments import share
from earsight_training.errors import TrainingError

if TYPE_CHECKING:
    from earsight_training.confidence.selective_prediction import Estimate
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.labels import LabelledSet
    from earsight_training.scoring.answers import Answer
    from earsight_training.scoring.labelled_evaluation import LabelledEvaluation

_LANGUAGES = ("en", "id")
_PRINT = Path("-")
_FOR_CAPTIONS = ("data", "checkpoint", "clip", "split", "objects", "synonyms", "plot", "uninformative")


def add_labels(parser: argparse.ArgumentParser, model: argparse._MutuallyExclusiveGroup) -> None:
    """Add the options.

    Args:
        parser: Of the command.
        model: What is evaluated.
    """
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="PATH",
        help="in the place of --data: a folder with images/ and boxes.csv, present.csv, maps/ or"
        " captions.csv",
    )
    parser.add_argument(
        "--table",
        type=Path,
        metavar="FILE",
        help="with --labels: what its labels mean, and which classes it labels completely; see"
        " config/training/labels",
    )
    parser.add_argument(
        "--classes",
        type=_classes,
        metavar="NAMES",
        help="with --labels: the classes to judge, with commas between; without --table, those that are"
        " labelled completely",
    )
    parser.add_argument(
        "--language",
        choices=_LANGUAGES,
        help="to describe in: --labels in en by default;"
        " captions, against captions_CODE.csv, in the bundle's first one",
    )
    parser.add_argument(
        "--style",
        choices=("hedged", "careful"),
        help="with --labels and --bundle: how doubt is put; see wording.style (default: hedged)",
    )
    _add_detections(parser, model)


def _add_detections(parser: argparse.ArgumentParser, model: argparse._MutuallyExclusiveGroup) -> None:
    model.add_argument(
        "--detections",
        type=Path,
        metavar="FILE",
        help="with --labels: what a detector found, as CSV (set,image,teacher,class,score,left,top,...)",
    )
    parser.add_argument("--teacher", metavar="NAME", help="with --detections: whose")
    parser.add_argument(
        "--above",
        type=share,
        metavar="SCORE",
        help="with --detections: least score that counts (default: 0)",
    )


def _classes(text: str) -> list[str]:
    return [name for each in text.split(",") if (name := each.strip())]


def check_labels(arguments: argparse.Namespace) -> None:
    """Check that the options go together.

    Args:
        arguments: Of the command, with or without --labels.

    Raises:
        TrainingError: They don't.
    """
    if arguments.labels is None:
        for option in ("table", "classes", "style", "detections", "teacher", "above"):
            if getattr(arguments, option) is not None:
                raise TrainingError(f"--{option} goes with --labels")
        if arguments.data is None:
            raise TrainingError("give captioned photos by --data, or labelled ones by --labels")
        return
    for option in _FOR_CAPTIONS:
        if getattr(arguments, option):
            raise TrainingError(f"--{option} does not go with --labels")
    if arguments.table is None and not arguments.classes:
        raise TrainingError("--labels needs --table or --classes, which say what it labels completely")
    if arguments.detections is None:
        for option in ("teacher", "above"):
            if getattr(arguments, option) is not None:
                raise TrainingError(f"--{option} goes with --detections")
    elif arguments.teacher is None or arguments.language is not None or arguments.style is not None:
        raise TrainingError("--detections needs --teacher, and has no language and no style")


def run_labels(arguments: argparse.Namespace) -> None:
    """Evaluate, and write what was asked for.

    Args:
        arguments: Of the command, checked.

    Raises:
        TrainingError: The labels, the bundle or the detections can't be used.
    """
    from earsight_training.confidence.detection_calibration import detection_calibration
    from earsight_training.scoring.labelled_evaluation import evaluate_labelled

    labelled = _read(arguments)
    answers = _listed(arguments, labelled) if arguments.detections else _described(arguments, labelled)
    evaluation = evaluate_labelled(labelled, answers)
    calibration = detection_calibration(answers, boxed=labelled.boxed)
    _write(arguments, evaluation, calibration)


def _read(arguments: argparse.Namespace) -> LabelledSet:
    """The set, with the classes that are asked for."""
    from earsight_training.data.label_table import load_label_table, table_of_classes
    from earsight_training.data.labelled_sets import read_labelled_set
    from earsight_training.scoring.spoken_things import named_classes
    from earsight_training.scoring.thing_words import CLASSES

    table = load_label_table(arguments.table) if arguments.table else table_of_classes(arguments.classes)
    if arguments.classes:
        unknown = [name for name in arguments.classes if name not in table.complete]
        if unknown:
            raise TrainingError(f"{arguments.table}: not labelled completely: {', '.join(unknown)}")
        table = table.model_copy(update={"complete": tuple(arguments.classes)})
    return read_labelled_set(
        arguments.labels, arguments.images, table, CLASSES, lambda caption: named_classes(caption, "en")
    )


def _listed(arguments: argparse.Namespace, labelled: LabelledSet) -> list[Answer]:
    """What a plain list of detections would say."""
    from earsight_training.scoring.answers import listed
    from earsight_training.scoring.detection_lists import read_detections

    found = read_detections(arguments.detections, labelled.name, arguments.teacher)
    above = arguments.above or 0.0
    return [listed(photo, found.get(photo.path.name, ()), above) for photo in labelled.photos]


def _described(arguments: argparse.Namespace, labelled: LabelledSet) -> list[Answer]:
    """What a device says of the photos that can be used and that it was not trained on."""
    from earsight_training.scoring.answers import described
    from earsight_training.scoring.describing import device_rows

    language = arguments.language or "en"
    usable = {photo.path for photo in _usable(arguments, labelled)}
    photos = [photo for photo in labelled.photos if photo.path in usable]
    options = ["--evidence", "--language", language]
    options += [] if arguments.style is None else ["--style", arguments.style]
    rows = device_rows(arguments.bundle, [photo.path for photo in photos], None, options)
    return [described(photo, rows[photo.path], language) for photo in photos if photo.path in rows]


def _usable(arguments: argparse.Namespace, labelled: LabelledSet) -> Sequence[CaptionedPhoto]:
    from earsight_training.bundles.reader import read_bundle
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.inspection import leave_out_missing
    from earsight_training.data.leaks import refuse_trained_on

    bundle = read_bundle(arguments.bundle)
    missing = bundle.manifest.missing if arguments.missing is None else arguments.missing
    photos = [CaptionedPhoto(photo.path, ()) for photo in labelled.photos]
    inspected = leave_out_missing(photos, len(photos), missing)
    if bundle.trained_on is not None:
        refuse_trained_on(inspected.photos, inspected.fingerprints, bundle.trained_on, str(arguments.bundle))
    return inspected.photos


def _write(
    arguments: argparse.Namespace, evaluation: LabelledEvaluation, calibration: Sequence[Estimate]
) -> None:
    from earsight_training.scoring.labelled_evaluation import answers_as_json, as_json
    from earsight_training.scoring.labelled_page import write_labelled_page
    from earsight_training.scoring.labelled_table import print_labelled

    rows = [(each.name, each.value, each.low, each.high) for each in calibration]
    scores = as_json(evaluation) | {"calibration": {name: [round(x, 4) for x in row] for name, *row in rows}}
    if arguments.json == _PRINT:
        print(json.dumps(scores))
    else:
        print_labelled(evaluation, rows)
    if arguments.json not in (None, _PRINT):
        content = scores | {"answers": answers_as_json(evaluation.answers)}
        replace_file(arguments.json, f"{json.dumps(content, indent=1)}\n".encode())
    if arguments.page:
        title = f"{evaluation.labelled.name}: {printable(str(arguments.bundle or arguments.detections))}"
        write_labelled_page(arguments.page, title, evaluation)
