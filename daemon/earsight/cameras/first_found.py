"""The first camera that can be opened, searched for each time: one that is plugged in later, or comes back
under another name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from earsight.cameras.source import (
    CameraAbsentError,
    CameraError,
    FrameSource,
    StillSource,
    unexpected,
)

_log = logging.getLogger(__name__)


class FirstFound:
    """A source that stands for whichever of several opens first."""

    def __init__(self, candidates: Callable[[], Sequence[FrameSource]]) -> None:
        """Opens nothing yet.

        Args:
            candidates: Lists the cameras that there may be at the moment, the most likely first.
        """
        self._candidates = candidates
        self._source: FrameSource | None = None
        self._logged: str | None = None

    def open(self) -> None:
        problem: CameraError = CameraAbsentError(
            "No camera was found: connect one, or choose another camera.source."
        )
        for source in self._candidates():
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

    def still(self) -> np.ndarray | None:
        source = self._source
        assert source is not None, "still() before open()"
        return source.still() if isinstance(source, StillSource) else None

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
