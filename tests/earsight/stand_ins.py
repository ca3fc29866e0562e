"""Stand-ins for the world outside: what is in front of the camera, and a model that needs no weights."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from earsight.cameras.source import CameraError
from earsight.captioners.captioner import DecodingCancelledError, Encoding, Support, never, unsupported
from earsight.detectors.detector import Detection, Detections
from earsight.inference.placement import Placement
from earsight.readers.reader import proceed
from earsight.scene import AimingHint, Box, Caption, Reading, TextLine
from earsight_bundle.manifest import ObjectClass

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (40, 50, 220)}


def painted(colour: str, height: int = 60, width: int = 80) -> np.ndarray:
    """A chequered wall in a colour: bright, sharp and varied enough for perception/quality.py."""
    pixels = np.full((height, width, 3), COLOURS[colour], np.uint8)
    rows, columns = np.indices((height, width))
    pixels[(rows // 10 + columns // 10) % 2 == 0] //= 5
    return pixels


def photo(folder: Path, colour: str = "red") -> Path:
    path = folder / f"{colour}.png"
    Image.fromarray(painted(colour)).save(path)
    return path


class Scene:
    """A frame source whose picture the test sets; an exception as picture is raised, None is waited out."""

    def __init__(self, picture: np.ndarray | Exception | None) -> None:
        self.picture = picture
        self.shown = 0

    def open(self) -> None:
        if isinstance(self.picture, Exception):
            raise self.picture

    def read(self) -> np.ndarray:
        time.sleep(0.01)
        while (picture := self.picture) is None:
            time.sleep(0.01)
        if isinstance(picture, Exception):
            raise picture
        self.shown += 1
        return picture

    def close(self) -> None:
        pass


async def until(condition: Callable[[], bool], limit: float = 30.0) -> None:
    """Wait for what happens in another thread or process."""
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.01)


def unplugged() -> CameraError:
    return CameraError("The camera was unplugged: plug it in.")


class ColourCaptioner:
    """Names the colour of a wall. The embedding is the colour, so another colour is another scene.

    Attributes:
        confidence: Of all captions.
        words: Its only caption, if it shall not name the colour.
        fault: Raised by describe().
        gate: describe() waits until it is set, or until it is cancelled.
        encoded, described, captioned: How often it was asked for an embedding and for captions, and how often
            it has given captions.
        cancellable: Whether the wait for the gate heeds a cancellation; False is an inference that hangs.
    """

    def __init__(self, confidence: float = 0.9) -> None:
        self.confidence = confidence
        self.cancellable = True
        self.words: str | None = None
        self.languages = ("en",)
        self.fault: BaseException | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.encoded = self.described = self.captioned = 0

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        return pixels

    def encode(self, prepared: np.ndarray) -> Encoding:
        self.encoded += 1
        mean = prepared.reshape(-1, 3).mean(0).astype(np.float32)
        return Encoding(mean[None], mean / max(1.0, float(np.linalg.norm(mean))))

    def describe(
        self,
        encoding: Encoding,
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        self.described += 1
        deadline = time.monotonic() + 30
        while not self.gate.wait(0.01):
            if self.cancellable and cancelled():
                raise DecodingCancelledError
            assert time.monotonic() < deadline, "the test forgot its gate"
        if self.cancellable and cancelled():  # while the gate was opened
            raise DecodingCancelledError
        if self.fault is not None:
            raise self.fault
        self.captioned += 1
        colour = min(COLOURS, key=lambda name: -float(encoding.embedding @ _unit(COLOURS[name])))
        texts = (f"a {colour} wall", f"a {colour} wall of bricks") if self.words is None else (self.words,)
        said_in = language or self.languages[0]
        return [
            Caption(text, self.confidence, -1.0, -2.0, {"support": support(text, said_in)}, said_in)
            for text in texts
        ]

    def warm_up(self) -> None:
        if self.fault is not None:
            raise self.fault


def _unit(colour: tuple[int, int, int]) -> np.ndarray:
    return np.array(colour) / np.linalg.norm(colour)


class ShownObjects:
    """A detector that sees what the test says: names of classes with scores and boxes.

    Attributes:
        classes: What it knows.
        shown: What it sees in every picture: class, score, box.
        fault: Raised by detect().
        detected: How often it was asked.
    """

    placement = Placement({"detector": "test"})

    def __init__(self, *classes: str, least: float = 0.5) -> None:
        self.further = None
        self.classes = tuple(ObjectClass(name=name, least=least) for name in classes)
        self.shown: list[tuple[str, float, Box]] = []
        self.fault: BaseException | None = None
        self.detected = 0

    def detect(self, _pixels: np.ndarray) -> Detections:
        self.detected += 1
        if self.fault is not None:
            raise self.fault
        names = [each.name for each in self.classes]
        found = [Detection(names.index(name), score, box) for name, score, box in self.shown]
        best = [
            max((each.score for each in found if each.kind == kind), default=0) for kind in range(len(names))
        ]
        ordered = sorted(found, key=lambda each: -each.score)
        return Detections(tuple(ordered), np.array(best, np.float32))

    def warm_up(self) -> None:
        if self.fault is not None:
            raise self.fault


class ShownText:
    """A reader that reads what the test says.

    Attributes:
        reading: What it reads in every picture.
        fault: Raised by read().
        read_in: The sizes of the pictures so far, height and width.
        let_go_asked: How often it was asked to free its memory.
        a_part: Lines that it reads at once where a part is enough; None: all.
        gate: Reading on waits until it is set, or until nobody wants it any more.
    """

    can_read = True
    placement = Placement({"reader": "test"})

    def __init__(self, *lines: TextLine, hints: frozenset[AimingHint] = frozenset()) -> None:
        self.reading = Reading(lines, hints)
        self.fault: Exception | None = None
        self.read_in: list[tuple[int, int]] = []
        self.let_go_asked = 0
        self.a_part: int | None = None
        self.gate = threading.Event()
        self.gate.set()

    def read(
        self, pixels: np.ndarray, checkpoint: Callable[[], None] = proceed, patience: float = math.inf
    ) -> Reading:
        self.read_in.append(pixels.shape[:2])
        checkpoint()
        if self.fault is not None:
            raise self.fault
        return self.reading if self.a_part is None or patience == math.inf else self._part(0)

    def _part(self, begin: int) -> Reading:
        end = begin + (self.a_part or 0)
        lines = self.reading.lines[begin:end]
        if end >= len(self.reading.lines):
            return replace(self.reading, lines=lines)
        return Reading(lines, rest=partial(self._read_on, end))

    def _read_on(self, begin: int, checkpoint: Callable[[], None], _patience: float) -> Reading:
        while not self.gate.wait(0.01):
            checkpoint()
        if self.fault is not None:
            raise self.fault
        return self._part(begin)

    def let_go(self) -> None:
        self.let_go_asked += 1


def text_line(text: str, confidence: float = 0.95, language: str | None = "en", block: int = 0) -> TextLine:
    """A line in the upper part of the picture."""
    return TextLine(text, confidence, Box(0.1, 0.1, 0.9, 0.2), language, block)
