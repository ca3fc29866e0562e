"""Text by PP-OCRv6's two small networks, which the package rapidocr brings along.

Only its ONNX files are used (31 MB; Apache-2.0), by ONNX Runtime as every other network here, with the few
steps around them in this folder; the package itself is never imported. Importing it takes 0.8 s and another
20 MB for what it depends on, it logs to the console, may download, and gives one score a line where the
calibration needs one a character. docs/reading.md has more of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from earsight.inference.placement import Placement
from earsight.readers.reader import ReaderError, proceed
from earsight.scene import Reading

if TYPE_CHECKING:
    from earsight.readers.networks import PaddleNetworks

PACKAGE = "rapidocr"
_INSTALL_AGAIN = "install it again: pip install --force-reinstall --no-deps 'rapidocr>=3.10,<3.11'"


class RapidReader:
    """A Reader; loaded at its first reading, and again when it is needed after it was let go."""

    can_read = True

    def __init__(self, threads: int = 0, keep_loaded: float = 120.0) -> None:
        """Loads nothing yet.

        Args:
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            keep_loaded: Seconds without reading after which let_go() frees the memory.
        """
        self._threads, self._keep_loaded = threads, keep_loaded
        self._networks: PaddleNetworks | None = None
        self._used_at = 0.0

    def read(
        self, pixels: np.ndarray, checkpoint: Callable[[], None] = proceed, patience: float = math.inf
    ) -> Reading:
        """Read the text in a picture. See Reader.read()."""
        networks = self._loaded()
        from earsight.readers.page_parts import read_page

        return self._guarded(partial(read_page, networks, pixels, checkpoint, patience))

    def _guarded(self, work: Callable[[], Reading]) -> Reading:
        """Some of the reading, and what is left of it: whatever fails is said to be damaged."""
        from earsight.bundles.bundle import BundleError

        try:
            reading = work()
        except BundleError as error:
            raise _damaged(error) from error
        finally:
            self._used_at = time.monotonic()
        if (rest := reading.rest) is None:
            return reading
        return replace(reading, rest=lambda *limits: self._guarded(partial(rest, *limits)))

    @property
    def placement(self) -> Placement:
        return Placement({}) if self._networks is None else self._networks.placement

    def let_go(self) -> None:
        """Free the memory. See Reader.let_go()."""
        from earsight.inference.heap import trimmed_heap

        if self._networks is not None and time.monotonic() - self._used_at >= self._keep_loaded:
            with trimmed_heap():
                self._networks = None

    def _loaded(self) -> PaddleNetworks:
        if self._networks is None:
            self._networks = load_networks(self._threads)
        return self._networks


def load_networks(threads: int) -> PaddleNetworks:
    """Load the package's networks.

    Args:
        threads: Of the processor; 0 takes what ONNX Runtime finds.

    Raises:
        ReaderError: They are missing or damaged, or OpenCV can't be imported.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ReaderError(f"the package {PACKAGE} is missing: pip install 'rapidocr>=3.10,<3.11'")
    try:
        from earsight.bundles.bundle import BundleError
        from earsight.inference.heap import trimmed_heap
        from earsight.readers.networks import PaddleNetworks
    except ImportError as error:
        raise ReaderError(
            f"text can't be read without OpenCV: {error}; pip install opencv-python-headless"
        ) from error
    try:
        with trimmed_heap():
            return PaddleNetworks(Path(spec.submodule_search_locations[0]) / "models", threads)
    except (BundleError, KeyError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> ReaderError:
    reason = str(error.__cause__ or error).splitlines()[0]
    return ReaderError(f"{PACKAGE}: {reason}; {_INSTALL_AGAIN}")
