"""Reading text in the newest frames: in one, and where that leaves doubt, in others too."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from earsight.readers.reader import Reader
from earsight.scene import Frame, Reading, Scene
from earsight.system import reading_times
from earsight.vision.quality import QualityLimits, assess
from earsight.vision.text_vote import is_settled, vote


def text_scene(
    reader: Reader,
    frames: Sequence[Frame],
    limits: QualityLimits | None,
    checkpoint: Callable[[], None],
    patience: float = math.inf,
) -> Scene:
    """Look for nothing but text.

    Args:
        reader: What reads.
        frames: Pictures of the same view, best first; at least one.
        limits: Where a picture is too bad; None judges none.
        checkpoint: Called between the steps; whatever it raises ends the reading.
        patience: Seconds after which the first lines are enough.

    Returns:
        What was read. Where nothing was, and the picture is bad, only the problem.

    Raises:
        ReaderError: It can't read.
    """
    reading = read_frames(reader, frames, checkpoint, patience)
    frame = frames[0]
    found = reading.lines or reading.unreadable or reading.rest
    problem = None if limits is None or found else assess(frame, limits)
    return Scene(frame.captured_at, problem, text=None if problem else reading)


def read_frames(
    reader: Reader, frames: Sequence[Frame], checkpoint: Callable[[], None], patience: float = math.inf
) -> Reading:
    """Read the first frame; where that leaves doubt, further ones too while there is time, and vote.

    Args:
        reader: What reads.
        frames: Pictures of the same view, best first; at least one.
        checkpoint: Called between the steps; whatever it raises ends the reading.
        patience: Seconds after which the first lines of a frame are enough; with a rest, there is no vote.

    Raises:
        ReaderError: It can't read.
    """
    began = time.monotonic()
    readings: list[Reading] = []
    for number, frame in enumerate(frames):
        # A camera that gives the same picture again has no second opinion.
        if any(np.array_equal(frame.pixels, earlier.pixels) for earlier in frames[:number]):
            continue
        readings.append(reader.read(frame.pixels, checkpoint, patience))
        if (
            is_settled(readings[-1])
            or readings[-1].rest
            or time.monotonic() - began > reading_times.ANOTHER_FRAME
        ):
            break
    return vote(readings)
