"""Whichever camera is there, looked for anew each time: one that comes later, or comes back as another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from earsight.cameras.source import CameraError, FrameSource


class FirstFound:
    """look: which cameras there may be at the moment, the most likely first."""

    def __init__(self, look: Callable[[], Sequence[FrameSource]]) -> None:
        self._look = look
        self._source: FrameSource | None = None

    def open(self) -> None:
        problem = CameraError("No camera is found: connect one, or name one in camera.source.")
        for source in self._look():
            try:
                self._source = source
                source.open()
                return
            except CameraError as error:
                source.close()
                problem = error
        raise problem

    def read(self) -> np.ndarray:
        assert self._source is not None, "read() before open()"
        return self._source.read()

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
