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
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tqdm import tqdm

from benchmarks.finding_walk import WalkFigures, walk_figures
from earsight.cameras.photos import load_photo
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.interaction.context import Policy
from earsight.language.finding import Target, best, found_text, sighting, target
from earsight.language.groups import Doubt
from earsight.scene import Frame, Scene
from earsight.service.builders import build_policy
from earsight.vision.describer import Describer, LookRequest, build_describer
from earsight_training.data.label_table import load_label_table
from earsight_training.data.labelled_sets import read_labelled_set
from earsight_training.data.labels import PhotoLabels
from earsight_training.scoring.spoken_things import named_classes, spoken_things
from earsight_training.scoring.thing_words import CLASSES

LARGE = 0.05
"""Share of the picture from which a thing is large."""


@dataclass(frozen=True)
class Search:
    """One class that was looked for in one photo.

    Attributes:
        photo: Its labels.
        name: Of the class.
        doubt: With which it was said to be there; None if it was not.
        denied: Whether it was said that it is not seen, or meant where that is never said.
        directions: In which it was said to be.
    """

    photo: PhotoLabels
    name: str
    doubt: Doubt | None
    denied: bool
    directions: frozenset[str]

    @property
    def is_there(self) -> bool:
        return self.name in self.photo.present

    @property
    def is_large(self) -> bool:
        """Whether one is that is labelled with a box."""
        boxes = self.photo.boxes.get(self.name, ())
        return any((box.right - box.left) * (box.bottom - box.top) > LARGE for box in boxes)

    @property
    def side_is_right(self) -> bool:
        return bool(self.directions) and self.directions <= self.photo.directions[self.name]


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


def search(
    photo: PhotoLabels, describer: Describer, policy: Policy, seconds: list[float]
) -> Iterator[Search]:
    """Look for each class that is judged and that the detector finds.

    Args:
        photo: Its labels.
        describer: Looks once.
        policy: How probable a thing has to be, and how it is worded.
        seconds: Gets how long the look took.
    """
    frame = Frame(load_photo(photo.path), time.monotonic())
    began = time.perf_counter()
    scene = describer.describe(frame, LookRequest(policy.limits, captions=False)).scene
    seconds.append(time.perf_counter() - began)
    if scene.problem is not None:
        return
    for name in sorted(photo.judged):
        wanted = target(name, describer.findable)
        if wanted is not None and wanted.name == name:
            yield _searched(photo, wanted, scene, policy)


def _searched(photo: PhotoLabels, wanted: Target, scene: Scene, policy: Policy) -> Search:
    limits = policy.finding.limits
    likely = [each for each in wanted.among(scene.objects) if each.confidence >= limits.maybe]
    chosen = best(likely)
    group = sighting(chosen, limits.phrasing(policy.phrasing)) if chosen else None
    directions: frozenset[str] = frozenset()
    if group is not None:  # by words of the scoring's own: an error in the device's can't hide itself
        text = found_text(wanted, scene, policy.phrasing, limits, policy.language)
        said = [each for each in spoken_things(text, policy.language.code) if wanted.name in each.classes]
        directions = frozenset().union(*(each.directions for each in said))
    denied = group is None and wanted.presence(scene) < limits.absent
    return Search(photo, wanted.name, group.doubt if group else None, denied, directions)


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
