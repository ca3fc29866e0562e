"""Looks of a made-up walk, which take no time of its clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np

from earsight.cameras.camera import Camera
from earsight.cameras.replay import ReplaySource
from earsight.scene import Frame
from earsight.vision.describer import CAPTIONS, Describer, Look, LookRequest
from earsight.vision.look_worker import LookWorker


class ImmediateLooks(LookWorker):
    """Looks at the view of the moment.

    Attributes:
        count: Looks so far.
    """

    def __init__(self, view: Callable[[float], np.ndarray], describer: Describer) -> None:
        """Args:
        view: Uint8 (height, width, 3), RGB, at a time of the clock in seconds.
        describer: Looks.
        """
        super().__init__(Camera(ReplaySource(None)), lambda: describer)
        self._view, self._looks_with = view, describer
        self.count = 0

    def look(
        self,
        max_age: float,  # noqa: ARG002 - the view is always of now
        request: LookRequest = CAPTIONS,
        *,
        background: bool = False,  # noqa: ARG002 - nobody else looks
    ) -> asyncio.Future[Look]:
        now = time.monotonic()
        self.count += 1
        future: asyncio.Future[Look] = asyncio.get_running_loop().create_future()
        future.set_result(self._looks_with.describe(Frame(self._view(now), now), request))
        return future
