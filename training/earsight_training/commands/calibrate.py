"""earsight-train calibrate: fit the confidence of a bundle, in each of its languages, on captioned photos of
several kinds."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight_training.commands.arguments import add_missing, captions_and_images

EXAMPLES = ["--bundle bundle --photos flickr8k:val --photos coco_dev:dev --out bundle"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="the bundle")
    parser.add_argument(
        "--photos",
        type=_photos,
        action="append",
        required=True,
        metavar="PATH:SPLIT",
        help="captioned photos, as --data of train, and one of their splits; may be given several times",
    )
    add_missing(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new bundle")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    import numpy as np

    from earsight_bundle.files import TRAINED_ON
    from earsight_training.bundles.reader import read_bundle
    from earsight_training.bundles.recalibrate import of_language, recalibrate
    from earsight_training.data.datasets import CaptionedPhoto, read_photos
    from earsight_training.data.inspection import MISSING, leave_out_missing
    from earsight_training.data.leaks import refuse_trained_on

    codes, trained_on = read_bundle(arguments.bundle).manifest.codes, arguments.bundle / TRAINED_ON
    sets: dict[str, list[CaptionedPhoto]] = {}
    for path, split in arguments.photos:
        photos = read_photos(*captions_and_images(path), [split], codes)
        share = MISSING if arguments.missing is None else arguments.missing
        inspected = leave_out_missing(photos, len(photos), share)
        if trained_on.exists():
            seen = np.load(trained_on)
            refuse_trained_on(inspected.photos, inspected.fingerprints, seen, str(arguments.bundle))
        sets.setdefault(path.name, []).extend(inspected.photos)
    found = recalibrate(arguments.bundle, sets, arguments.out)
    for code in codes:
        counts = {name: len(of_set) for name, of_set in of_language(sets, code, codes[0]).items()}
        for name, error in found.get(code, {}).items():
            print(f"{name}, {code}: calibration error {error:.4f}, of {counts[name]} photos")
        if code not in found:
            print(f"{code}: no captions to fit it on; its confidence stays as it was")
    return 0


def _photos(text: str) -> tuple[Path, str]:
    """Raises argparse.ArgumentTypeError where there is no split."""
    path, colon, split = text.rpartition(":")
    if not colon or not path or not split:
        raise argparse.ArgumentTypeError(f"{text} is not PATH:SPLIT, such as flickr8k:val")
    return Path(path), split
