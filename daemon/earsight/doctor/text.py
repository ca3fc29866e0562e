"""The check of what reads text."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from earsight.config.schema import Config
from earsight.doctor.finding import Finding, Status, failure
from earsight.readers.reader import ReaderError
from earsight.readers.registry import build_reader

_WHITE = np.full((240, 320, 3), 255, np.uint8)


def check_text(config: Config) -> Finding | None:
    """Whether text can be read; None where the settings want none.

    A package that is not installed is a warning, since all else works without it.

    Raises:
        ReaderError: Its networks are damaged.
    """
    if config.text.engine == "none":
        return None
    reader = build_reader(config.text, config.captioner.threads)
    began = time.perf_counter()
    try:
        reader.read(_WHITE)
    except ReaderError as error:
        if reader.can_read:
            raise
        return replace(failure("text", error), status=Status.WARNING)
    return Finding("text", Status.OK, f"can be read; ready after {time.perf_counter() - began:.1f} s")
