"""A camera whose source does what a test has written down."""

import threading
import time
from collections.abc import Callable

import numpy as np

from earsight.cameras.camera import Camera
from earsight.cameras.source import CameraError

PICTURE = np.zeros((4, 6, 3), np.uint8)
PICTURE[0, 0] = 255  # the top left corner
STILL = np.zeros((8, 12, 3), np.uint8)


class ScriptedSource:
    """A device that does what its script says, one step a call of read(); then pictures for ever."""

    def __init__(self, *steps: Callable[[], np.ndarray], refusals: int = 0) -> None:
        self.steps = list(steps)
        self.refusals = refusals
        self.opened: list[float] = []
        self.closed = 0
        self.threads: set[int] = set()

    def open(self) -> None:
        self.opened.append(time.monotonic())
        self.threads.add(threading.get_ident())
        if len(self.opened) <= self.refusals:
            raise CameraError("No cable.")

    def read(self) -> np.ndarray:
        self.threads.add(threading.get_ident())
        if self.steps:
            return self.steps.pop(0)()
        time.sleep(0.002)
        return PICTURE

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed += 1


class StillScriptedSource(ScriptedSource):
    """The same, with larger pictures.

    Attributes:
        fault: Raised by still().
        has_none: Whether it has no larger pictures after all.
        asked: How often it was asked.
        stills: How many it has given.
    """

    fault: Exception | None = None
    has_none = False
    asked = stills = 0

    def still(self) -> np.ndarray | None:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        if self.has_none:
            return None
        self.stills += 1
        return STILL


def fail(message: str = "The plug is out.") -> Callable[[], np.ndarray]:
    def step() -> np.ndarray:
        raise CameraError(message)

    return step


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


def seen(camera: Camera) -> bool:
    try:
        return bool(camera.recent(60.0))
    except CameraError:
        return False


def quick(source: ScriptedSource, **options: float) -> Camera:
    return Camera(source, **{"retry_after": 0.01, "retry_at_most": 0.04, **options})  # type: ignore[arg-type]
