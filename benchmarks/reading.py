"""How well text is read: characters wrong, lines exact, lines invented, hints, time and memory, as a table.

    script/bench read                          on made-up pictures, fonts of the test half
    script/bench read --photos FOLDER          also lines invented on photos without text

What is measured on is made up by text_pictures.py; the constants of earsight.readers were fitted on the fonts
of the other half. Without fonts (apt-get install fonts-dejavu fonts-lato ...) there is only Pillow's own.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks import reading_costs
from benchmarks.text_fonts import Half, fonts
from benchmarks.text_layouts import PrintedLine
from benchmarks.text_pictures import (
    HARD,
    LARGE,
    READABLE,
    SMALL,
    TextPicture,
    cut_off,
    far_away,
    out_of_focus,
    text_picture,
    turned,
)
from earsight.cameras.photos import PHOTO_SUFFIXES, load_photo
from earsight.readers.rapidocr import RapidReader
from earsight.scene import AimingHint, Reading

SETS = {
    "20 to 80 pixels high": READABLE,
    "60 to 300 pixels": LARGE,
    "12 to 20 pixels": SMALL,
    "hard": HARD,
}
SHOWN = 0.25


@dataclass(slots=True)
class Score:
    """What came of the lines of a set of pictures."""

    lines: int = 0
    exact: int = 0
    missed: int = 0
    invented: int = 0
    characters: int = 0
    wrong: int = 0
    in_order: int = 0
    pictures: int = 0
    languages: int = 0
    right_languages: int = 0
    confidences: list[tuple[float, bool]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, picture: TextPicture, reading: Reading, seconds: float) -> None:
        """Compare a reading with what is written."""
        places = [_place(picture, line.box) for line in reading.lines]
        self.pictures += 1
        self.seconds.append(seconds)
        self.invented += places.count(None)
        found = [place for place in places if place is not None]
        self.in_order += found == sorted(found)
        for number, printed in enumerate(picture.lines):
            read = [line for line, place in zip(reading.lines, places, strict=True) if place == number]
            text = " ".join(line.text for line in read)
            self.lines += 1
            self.missed += not read
            self.exact += text == printed.text
            self.characters += len(printed.text)
            self.wrong += edits(text, printed.text)
            self.confidences += [(line.confidence, text == printed.text) for line in read]
            if read and printed.language is not None:
                self.languages += 1
                self.right_languages += read[0].language == printed.language

    @property
    def row(self) -> str:
        """A line of the table."""
        shares = [
            self.exact / self.lines,
            1 - self.wrong / self.characters,
            self.missed / self.lines,
            self.in_order / self.pictures,
            self.right_languages / max(1, self.languages),
        ]
        cells = [*(f"{100 * share:.1f} %" for share in shares), str(self.invented)]
        return " | ".join([*cells, f"{self.calibration:.3f}", f"{np.median(self.seconds):.2f} s"])

    @property
    def calibration(self) -> float:
        """Expected calibration error over ten bins of confidence."""
        if not self.confidences:
            return 0.0
        chances, right = (np.array(each, float) for each in zip(*self.confidences, strict=True))
        bins = np.minimum((chances * 10).astype(int), 9)
        return sum(
            (bins == number).mean() * abs(chances[bins == number].mean() - right[bins == number].mean())
            for number in set(bins.tolist())
        )


def _place(picture: TextPicture, box) -> int | None:
    """The number of the printed line that a box lies on, by its middle."""
    height, width = picture.pixels.shape[:2]
    middle = np.array([(box.left + box.right) / 2 * width, (box.top + box.bottom) / 2 * height])
    away = [_distance(line, middle) for line in picture.lines]
    nearest = int(np.argmin(away)) if away else 0
    return nearest if away and away[nearest] < 0.7 else None


def _distance(line: PrintedLine, point: np.ndarray) -> float:
    """How far a point is from a line's middle axis, in its heights; beside its ends, infinitely far."""
    begin, end = (line.corners[[0, 3]].mean(0), line.corners[[1, 2]].mean(0))
    along = end - begin
    share = float((point - begin) @ along / (along @ along))
    if not -0.1 < share < 1.1:
        return float("inf")
    return float(np.linalg.norm(point - begin - share * along)) / line.height


def edits(read: str, printed: str) -> int:
    """The Levenshtein distance: characters to insert, delete or replace."""
    row = list(range(len(printed) + 1))
    for number, character in enumerate(read, 1):
        above, row[0] = row[0], number
        for place, other in enumerate(printed, 1):
            above, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, above + (character != other)),
            )
    return row[-1]


def main() -> None:
    """Print the tables."""
    arguments = _arguments()
    reader = RapidReader(arguments.threads)
    reader.read(np.full((48, 64, 3), 128, np.uint8))  # loads it
    chosen = fonts(Half(arguments.half))
    print(f"{len(chosen)} fonts of the {arguments.half} half, {arguments.pictures} pictures a row\n")
    print(
        "| pictures | lines exact | characters right | lines missed | in order | language right "
        "| invented | ECE | time |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, conditions in SETS.items():
        score = Score()
        for source in _sources(arguments, name):
            picture = text_picture(source, replace(conditions, size=(1280, 720)), chosen)
            score.add(picture, *_timed(reader, picture.pixels))
        print(f"| {name} | {score.row} |", flush=True)
    print()
    _hints(reader, arguments, chosen)
    if arguments.photos:
        _photos(reader, arguments.photos)
    print()
    sizes = (replace(conditions, size=(1280, 720)) for conditions in SETS.values())
    pictures = [text_picture(random.Random(arguments.seed), each, chosen) for each in sizes]
    reading_costs.tell([picture.pixels for picture in pictures], arguments.threads)


def _timed(reader: RapidReader, pixels: np.ndarray) -> tuple[Reading, float]:
    began = time.perf_counter()
    return reader.read(pixels), time.perf_counter() - began


def _sources(arguments: argparse.Namespace, name: str) -> Iterator[random.Random]:
    return (random.Random(f"{arguments.seed} {name} {number}") for number in range(arguments.pictures))


def _hints(reader: RapidReader, arguments: argparse.Namespace, chosen: tuple[Path, ...]) -> None:
    """How often each hint is given where it is due, and how often where it is not."""
    causes: dict[str, tuple[AimingHint | None, Callable[[random.Random, TextPicture], TextPicture]]] = {
        "nothing": (None, lambda _, picture: picture),
        "upside down": (AimingHint.UPSIDE_DOWN, lambda _, picture: turned(picture)),
        "too small": (AimingHint.TOO_SMALL, far_away),
        "blurred": (AimingHint.BLURRED, out_of_focus),
    }
    for side in ("left", "right", "top", "bottom"):
        causes[f"cut off {side}"] = (
            AimingHint(f"cut_off_{side}"),
            lambda source, each, s=side: cut_off(source, each, s),
        )
    print("| what is wrong | hint given | other hints |")
    print("|---|---|---|")
    for name, (hint, change) in causes.items():
        given = others = 0
        for source in _sources(arguments, name):
            reading = reader.read(change(source, text_picture(source, READABLE, chosen)).pixels)
            given += hint in reading.hints
            others += bool(reading.hints - {hint})
        shares = (f"{100 * each / arguments.pictures:.0f} %" for each in (given, others))
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


def _photos(reader: RapidReader, paths: Iterable[Path]) -> None:
    """Lines on photos without text: all of them are invented."""
    files = sorted(each for path in paths for each in _files(path))
    invented, unreadable = 0, 0
    for photo in files:
        reading = reader.read(load_photo(photo))
        invented += len(reading.lines)
        unreadable += reading.unreadable
        for line in reading.lines:
            print(f"  {photo.name}: {line.text} ({line.confidence:.2f})")
    print(
        f"\n{len(files)} photos without text: {invented} lines invented, {unreadable} times another script."
    )


def _files(path: Path) -> list[Path]:
    if path.is_file() and path.suffix == ".txt":
        return [Path(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    return [each for each in path.rglob("*") if each.suffix.lower() in PHOTO_SUFFIXES]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench read", description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=100, help="of each kind (default: 100)")
    parser.add_argument("--half", choices=[half.value for half in Half], default="test", help="of the fonts")
    parser.add_argument("--seed", default="1", help="another one makes other pictures (default: 1)")
    parser.add_argument("--threads", type=int, default=0, help="of the processor (default: all)")
    parser.add_argument(
        "--photos",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="folders of photos without text, or lists (.txt)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
