"""Whichever camera is there, looked for anew each time: one that comes later, or comes back as another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from earsight.cameras.source import CameraAbsentError, CameraError, FrameSource, unexpected

_log = logging.getLogger(__name__)


class FirstFound:
    """look: which cameras there may be at the moment, the most likely first."""

    def __init__(self, look: Callable[[], Sequence[FrameSource]]) -> None:
        self._look = look
        self._source: FrameSource | None = None
        self._logged: str | None = None

    def open(self) -> None:
        problem: CameraError = CameraAbsentError(
            "No camera is found: connect one, or name one in camera.source."
        )
        for source in self._look():
            try:
                self._source = source
                source.open()
                return
            except CameraError as error:
                problem = error
            except Exception as error:  # a library that does not fit the others, say
                problem = unexpected(error)
                if self._logged != str(problem):  # it is tried again every other second
                    self._logged = str(problem)
                    _log.exception("A camera failed unexpectedly.")
            with suppress(Exception):  # of one that never opened
                source.close()
        raise problem

    def read(self) -> np.ndarray:
        assert self._source is not None, "read() before open()"
        return self._source.read()

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
