"""The stages of a look: what it spends its time on, and where it can be cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from earsight.captioners.captioner import DecodingCancelledError


class Stage(StrEnum):
    """What a look spends its time on.

    QUALITY: judging the picture. PREPROCESS: from the frame to the encoder's input. ENCODE: from there to the
    embedding. PLACE: from there to the place and the ground. DETECT: from the frame to objects. DECODE: from
    the encoding to captions. ASK: from a question to its answer. READ: from frames to lines of text.
    """

    QUALITY = "quality"
    PREPROCESS = "preprocess"
    ENCODE = "encode"
    PLACE = "place"
    DETECT = "detect"
    DECODE = "decode"
    ASK = "ask"
    READ = "read"


class Stages:
    """Times the stages of one look, and begins none once it is cancelled.

    Attributes:
        seconds: Of each stage that has ended, in that order.
    """

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        """Takes what says whether the look is no longer wanted."""
        self._cancelled = cancelled
        self.seconds: dict[Stage, float] = {}

    def proceed(self) -> None:
        """Raises DecodingCancelledError once the look is cancelled."""
        if self._cancelled():
            raise DecodingCancelledError

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Time what is done in this context. Raises DecodingCancelledError instead of beginning it."""
        self.proceed()
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began
