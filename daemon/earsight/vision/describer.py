"""From pixels to a scene, doing no more work than the caller needs.

The service's worker thread, `earsight describe`, the benchmarks and every other front end call the Describer,
so that all of them see the same and time the same stages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from earsight.captioners.captioner import Captioner, DecodingCancelledError, Placement, never
from earsight.captioners.registry import build_captioner
from earsight.config.schema import Config
from earsight.scene import Frame, Scene
from earsight.vision.novelty import KnownScene
from earsight.vision.quality import QualityLimits, assess


class Stage(StrEnum):
    """What a look spends its time on.

    QUALITY: judging the picture. PREPROCESS: from the frame to the encoder's input. ENCODE: from there to the
    embedding. DECODE: from there to captions.
    """

    QUALITY = "quality"
    PREPROCESS = "preprocess"
    ENCODE = "encode"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class LookRequest:
    """What the caller needs of a look.

    Attributes:
        limits: Where a picture is too bad to be described; None judges no picture.
        known: A scene that is not worth decoding again; None if every scene is.
        captions: Whether captions are wanted, or only the embedding.
    """

    limits: QualityLimits | None = None
    known: KnownScene | None = None
    captions: bool = True


CAPTIONS = LookRequest()
"""Captions of any picture."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, and how long that took.

    Attributes:
        scene: What is in the picture.
        seconds: Of each stage that was run, in the order of the stages.
    """

    scene: Scene
    seconds: Mapping[Stage, float]

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())


class Describer:
    """Makes scenes from frames. Not for two threads at once.

    An engine that sees something new in a picture joins as an argument of the constructor, and is built in
    build_describer().
    """

    def __init__(self, captioner: Captioner) -> None:
        """Takes the loaded engines.

        Args:
            captioner: Makes the embedding and the captions.
        """
        self._captioner = captioner

    def describe(
        self, frame: Frame, request: LookRequest = CAPTIONS, cancelled: Callable[[], bool] = never
    ) -> Look:
        """Describe a frame as far as the request goes.

        Args:
            frame: The picture.
            request: What is needed; the rest is left out.
            cancelled: Whether the look is still wanted; asked between the stages and at every token.

        Returns:
            The scene, with the seconds of each stage.

        Raises:
            CaptionerError: The captioner failed.
            DecodingCancelledError: `cancelled` said so.
        """
        stages = _Stages(cancelled)
        if request.limits is not None:
            with stages.timed(Stage.QUALITY):
                problem = assess(frame, request.limits)
            if problem is not None:
                return Look(Scene(frame.captured_at, problem=problem), stages.seconds)
        with stages.timed(Stage.PREPROCESS):
            prepared = self._captioner.prepare(frame.pixels)
        with stages.timed(Stage.ENCODE):
            encoding = self._captioner.encode(prepared)
        if request.known is not None and request.known.includes(encoding.embedding):
            return Look(Scene(frame.captured_at, embedding=encoding.embedding, known=True), stages.seconds)
        captions = []
        if request.captions:
            with stages.timed(Stage.DECODE):
                captions = self._captioner.describe(encoding, cancelled)
        scene = Scene(frame.captured_at, embedding=encoding.embedding, captions=tuple(captions))
        return Look(scene, stages.seconds)

    @property
    def placement(self) -> Placement:
        """What computes the engines."""
        return self._captioner.placement

    def warm_up(self) -> None:
        """Run every engine once, so that the first press finds memory and threads ready."""
        self._captioner.warm_up()


def build_describer(config: Config) -> Describer:
    """Load what the settings ask for.

    Raises:
        CaptionerError: It can't be loaded.
    """
    return Describer(build_captioner(config.captioner))


class _Stages:
    """Times the stages of one look, and begins none once it is cancelled."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self.seconds: dict[Stage, float] = {}

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        if self._cancelled():
            raise DecodingCancelledError
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began
