"""earsight-train calibrate: fit the confidence of a bundle, in each of its languages, or of any other
captioner of the device, on captioned photos of several kinds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_training.commands.arguments import add_missing, captions_and_images

if TYPE_CHECKING:
    from earsight_training.data.datasets import CaptionedPhoto

EXAMPLES = [
    "--bundle bundle --photos flickr8k:val --photos coco_dev:dev --out bundle",
    "earsight.yaml --data coco_dev:dev --out calibration.json",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    captioner = parser.add_mutually_exclusive_group(required=True)
    captioner.add_argument("--bundle", type=Path, metavar="DIR", help="the bundle")
    captioner.add_argument(
        "settings",
        type=Path,
        nargs="?",
        metavar="CONFIG",
        help="settings of the device, whose captioner is another one: huggingface, server, openai",
    )
    parser.add_argument(
        "--photos",
        "--data",
        type=_photos,
        action="append",
        required=True,
        metavar="PATH:SPLIT",
        help="captioned photos, as --data of train, and one of their splits; may be given several times",
    )
    parser.add_argument(
        "--language", default="en", metavar="CODE", help="with CONFIG: that of the captions (default: en)"
    )
    add_missing(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="the new bundle; with CONFIG, a file"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    return _calibrate_bundle(arguments) if arguments.bundle else _calibrate_settings(arguments)


def _calibrate_settings(arguments: argparse.Namespace) -> int:
    from earsight_training.confidence.profile_fit import calibrate_settings
    from earsight_training.data.datasets import in_language

    sets = {
        name: in_language(photos, arguments.language)
        for name, photos in _sets(arguments, [arguments.language]).items()
    }
    errors = calibrate_settings(arguments.settings, sets, arguments.language, arguments.out)
    for name, error in errors.items():
        print(f"{name}, {arguments.language}: calibration error {error:.4f}, of {len(sets[name])} photos")
    print(f"set captioner.calibration to {arguments.out}")
    return 0


def _calibrate_bundle(arguments: argparse.Namespace) -> int:
    from earsight_training.bundles.reader import read_bundle
    from earsight_training.bundles.recalibrate import of_language, recalibrate

    codes = read_bundle(arguments.bundle).manifest.codes
    sets = _sets(arguments, codes)
    found = recalibrate(arguments.bundle, sets, arguments.out)
    for code in codes:
        counts = {name: len(of_set) for name, of_set in of_language(sets, code, codes[0]).items()}
        for name, error in found.get(code, {}).items():
            print(f"{name}, {code}: calibration error {error:.4f}, of {counts[name]} photos")
        if code not in found:
            print(f"{code}: no captions to fit it on; its confidence stays as it was")
    return 0


def _sets(arguments: argparse.Namespace, codes: Sequence[str]) -> dict[str, list[CaptionedPhoto]]:
    """The photos by the name of their folder, with references in some languages."""
    import numpy as np

    from earsight_bundle.files import TRAINED_ON
    from earsight_training.data.datasets import read_photos
    from earsight_training.data.inspection import MISSING, leave_out_missing
    from earsight_training.data.leaks import refuse_trained_on

    trained_on = arguments.bundle / TRAINED_ON if arguments.bundle else None
    sets: dict[str, list[CaptionedPhoto]] = {}
    for path, split in arguments.photos:
        photos = read_photos(*captions_and_images(path), [split], codes)
        share = MISSING if arguments.missing is None else arguments.missing
        inspected = leave_out_missing(photos, len(photos), share)
        if trained_on is not None and trained_on.exists():
            seen = np.load(trained_on)
            refuse_trained_on(inspected.photos, inspected.fingerprints, seen, str(arguments.bundle))
        sets.setdefault(path.name, []).extend(inspected.photos)
    return sets


def _photos(text: str) -> tuple[Path, str]:
    """Raises argparse.ArgumentTypeError where there is no split."""
    path, colon, split = text.rpartition(":")
    if not colon or not path or not split:
        raise argparse.ArgumentTypeError(f"{text} is not PATH:SPLIT, such as flickr8k:val")
    return Path(path), split
