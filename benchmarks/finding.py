"""Finding: whether the side is right, and what is said of things that are there, and that are not, by labels.

    script/bench find --labels FOLDER --table TABLE [--images FOLDER] [--bundle DIR] [--walks 20] [--json]

FOLDER is a labelled set, as `earsight-train evaluate --labels` takes it. In each photo, each class that is
judged is looked for once; what counts is what a wearer would hear. Then made-up walks: a photo that moves and
zooms under the camera while the action find goes on, everything as on a device but the clock, which passes at
once, and how long a look takes, which is measured apart.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tqdm import tqdm

from benchmarks.finding_searches import Search, search
from benchmarks.finding_walk import WalkFigures, walk_figures
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.language.groups import Doubt
from earsight.service.builders import build_policy
from earsight.vision.describer import build_describer
from earsight_training.data.label_table import load_label_table
from earsight_training.data.labelled_sets import read_labelled_set
from earsight_training.data.labels import PhotoLabels
from earsight_training.scoring.spoken_things import named_classes
from earsight_training.scoring.thing_words import CLASSES


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    of: int
    count: int

    def __str__(self) -> str:
        return f"{self.count / max(1, self.of):8.1%}   {self.count} of {self.of}"


def main() -> None:
    """Search, and print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--walks", type=int, default=20, help="with, and as many without, the thing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    bundle = arguments.bundle if arguments.bundle == "builtin" else Path(arguments.bundle)
    config = Config(captioner=OnnxCaptionerSection(bundle=bundle))
    photos = _photos(arguments.labels, arguments.images, arguments.table)
    describer, policy = build_describer(config), build_policy(config)
    describer.warm_up()
    seconds: list[float] = []
    searches = [
        each
        for photo in tqdm(photos, unit="photo", disable=None)
        for each in search(photo, describer, policy, seconds)
    ]
    figures = measure(searches)
    walks = walk_figures(searches, describer, policy, arguments.walks) if arguments.walks else None
    if arguments.json:
        told = {name: asdict(share) for name, share in figures.items()}
        print(json.dumps({"photos": told, "look_s": median(seconds), "walks": walks and asdict(walks)}))
        return
    _print(figures, median(seconds), walks)


def _photos(labels: Path, images: Path | None, table: Path) -> Sequence[PhotoLabels]:
    def named(caption: str) -> frozenset[str]:
        return named_classes(caption, "en")

    return read_labelled_set(labels, images, load_label_table(table), CLASSES, named).photos


def measure(searches: Sequence[Search]) -> dict[str, Share]:
    """What was said, against the labels."""
    there = [each for each in searches if each.is_there]
    large = [each for each in there if each.is_large]
    absent = [each for each in searches if not each.is_there]
    placed = [each for each in there if each.directions and each.photo.directions.get(each.name)]

    def share(of: Sequence[Search], counted: Sequence[bool]) -> Share:
        return Share(len(of), sum(counted))

    return {
        "side right, where it is there and said to be": share(
            placed, [each.side_is_right for each in placed]
        ),
        "large, and said not to be seen": share(large, [each.denied for each in large]),
        "large, and said to be there": share(large, [each.doubt is not None for each in large]),
        "large, and said without a doubt": share(large, [each.doubt is Doubt.PLAIN for each in large]),
        "of any size, and said not to be seen": share(there, [each.denied for each in there]),
        "of any size, and said to be there": share(there, [each.doubt is not None for each in there]),
        "not there, and said to be": share(absent, [each.doubt is not None for each in absent]),
        "not there, and said to be, at least probably": share(
            absent, [each.doubt in (Doubt.PLAIN, Doubt.PROBABLE) for each in absent]
        ),
        "not there, and said without a doubt": share(absent, [each.doubt is Doubt.PLAIN for each in absent]),
        "not there, and said not to be seen": share(absent, [each.denied for each in absent]),
    }


def _print(figures: dict[str, Share], look: float, walks: WalkFigures | None) -> None:
    for name, share in figures.items():
        print(f"{name:<48}{share}")
    print(f"\nlooks a second {1 / look:.1f} (median of {1000 * look:.0f} ms a look)")
    if walks is not None:
        print()
        for name, value in asdict(walks).items():
            print(
                f"{name.replace('_', ' '):<48}{value:8.3f}"
                if isinstance(value, float)
                else f"{name}: {value}"
            )


if __name__ == "__main__":
    main()
