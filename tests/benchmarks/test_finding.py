"""The benchmark of finding: what counts as right, and a made-up walk that takes no time."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.finding import Search, measure, search
from benchmarks.finding_walk import SECONDS, View, view_at, walk_figures
from earsight.config.schema import Config
from earsight.detectors.detector import Detections
from earsight.language.groups import Doubt
from earsight.scene import Box
from earsight.service.builders import build_policy
from earsight.vision.describer import Describer
from earsight_training.data.labels import LabelBox, PhotoLabels
from tests.earsight.stand_ins import ColourCaptioner, ShownObjects, painted

LEFT = LabelBox(0.05, 0.2, 0.3, 0.8)
JUDGED = frozenset({"dog", "car"})
POLICY = build_policy(Config())


def labelled(path: Path, **boxes: LabelBox) -> PhotoLabels:
    found = {name: (box,) for name, box in boxes.items()}
    sides = {name: frozenset({box.direction}) for name, box in boxes.items()}
    return PhotoLabels(path, JUDGED, frozenset(boxes), found, sides)


def searched(name: str, doubt: Doubt | None, *directions: str, denied: bool = False) -> Search:
    return Search(labelled(Path("a.jpg"), dog=LEFT), name, doubt, denied, frozenset(directions))


def test_what_is_measured() -> None:
    found = measure(
        [
            searched("dog", Doubt.PLAIN, "left"),
            searched("dog", Doubt.DOUBTFUL, "right"),
            searched("dog", None, denied=True),
            searched("car", Doubt.PROBABLE, "ahead"),
            searched("car", None, denied=True),
            searched("car", None),
        ]
    )
    counts = {name: (share.count, share.of) for name, share in found.items()}
    assert counts["side right, where it is there and said to be"] == (1, 2)
    assert counts["large, and said not to be seen"] == (1, 3)
    assert counts["large, and said to be there"] == (2, 3)
    assert counts["not there, and said to be"] == (1, 3)
    assert counts["not there, and said not to be seen"] == (1, 3)


def test_a_photo_is_searched_for_what_is_judged(tmp_path: Path) -> None:
    Image.fromarray(painted("red")).save(tmp_path / "red.png")
    detector = ShownObjects("dog", "car", "door", least=0.3)
    detector.shown = [("dog", 0.9, Box(0.1, 0.2, 0.3, 0.6))]
    seconds: list[float] = []
    photo = labelled(tmp_path / "red.png", dog=LEFT)
    car, dog = search(photo, Describer(ColourCaptioner(), detector), POLICY, seconds)
    assert (car.name, car.doubt, car.denied) == ("car", None, True)
    assert (dog.name, dog.doubt, dog.denied) == ("dog", Doubt.PLAIN, False)
    assert dog.side_is_right
    assert len(seconds) == 1


@pytest.mark.parametrize("now", [0.0, 2.5, 5.0, 11.0])
def test_the_view_stays_within_the_photo(now: float) -> None:
    view = view_at(now)
    assert view.left >= 0
    assert view.left + view.size <= 1 + 1e-9
    assert view.of(np.zeros((100, 200, 3), np.uint8)).shape[:2] == (
        round(view.size * 100),
        round(view.size * 200),
    )


def test_where_a_thing_is_in_a_view() -> None:
    view = View(left=0.0, top=0.0, size=0.5)
    assert view.middle(LabelBox(0.0, 0.0, 0.25, 0.5)) == pytest.approx(0.25)
    assert view.middle(LabelBox(0.45, 0.0, 0.75, 0.5)) is None


class GreenThings(ShownObjects):
    """A dog is where it is green."""

    def detect(self, pixels: np.ndarray) -> Detections:
        green = (pixels[..., 1] > 150) & (pixels[..., 0] < 100)
        self.shown = []
        if green.mean() > 0.02:
            columns = np.flatnonzero(green.any(axis=0)) / pixels.shape[1]
            self.shown = [("dog", 0.9, Box(float(columns[0]), 0.3, float(columns[-1]), 0.6))]
        return super().detect(pixels)


def test_a_walk_with_a_detector_that_is_always_right(tmp_path: Path) -> None:
    pixels = painted("red", 240, 320)
    pixels[72:168, 64:128] = (0, 200, 0)
    Image.fromarray(pixels).save(tmp_path / "dog.png")
    photo = labelled(tmp_path / "dog.png", dog=LabelBox(0.2, 0.3, 0.4, 0.7))
    there, absent = (Search(photo, name, None, False, frozenset()) for name in ("dog", "car"))
    describer = Describer(ColourCaptioner(), GreenThings("dog", "car", least=0.3))
    real = time.monotonic
    figures = walk_figures([there, absent], describer, POLICY, 1)
    assert time.monotonic is real
    assert figures.walks == 1
    assert figures.looks > 4 * SECONDS
    assert figures.ticks > 20
    assert figures.ticks_right > 0.9
    assert figures.ticks_off < 0.1
    assert (figures.found, figures.denied) == (1, 0)
    assert (figures.falsely_said, figures.falsely_ticked) == (0, 0)
    assert figures.sides_right > 0.5  # it may move on while it is said
    assert figures.words_a_minute < 60
