"""Which of a bundle's encoders is fastest on this machine: measured once, and remembered.

A bundle may hold its encoder in several precisions (encoder.onnx, encoder.float32.onnx, ...). Integers are
several times as fast as floats where a processor has dot products for them, and slower on some without.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from earsight.bundles.bundle import Bundle
from earsight.inference.graph import Graph
from earsight.inference.providers import Provider
from earsight.system.storage import service_folder, write_whole
from earsight_bundle.files import is_encoder
from earsight_bundle.graphs import PIXELS, PREFIX

_log = logging.getLogger(__name__)

_RUNS = 3


def load_fastest_encoder(bundle: Bundle, threads: int, provider: Provider) -> Graph:
    """Load the only encoder of a bundle, or the fastest one.

    Args:
        bundle: Its files were found whole.
        threads: Of the processor; 0 takes what ONNX Runtime finds.
        provider: What is to compute it.

    Raises:
        BundleError: An encoder can't be loaded.
    """
    side = bundle.manifest.captioning.image.side
    grey = {PIXELS: np.full((1, side, side, 3), 128, np.uint8)}

    def run(graph: Graph) -> None:
        graph.run([PREFIX], grey)

    def load(name: str) -> Graph:
        return Graph(bundle.path(name), threads, provider, run)

    names = sorted(name for name in bundle.manifest.files if is_encoder(name))
    if len(names) == 1:
        return load(names[0])
    remembered = _RememberedChoice(_circumstances(bundle, names, threads, provider))
    name = remembered.choice()
    if name not in names:
        seconds = {name: _seconds(run, load(name)) for name in names}
        name = min(seconds, key=seconds.__getitem__)
        _log.info("encoders, seconds per picture: %s", seconds)
        remembered.remember(name)
    return load(name)


def _seconds(run: Callable[[Graph], object], encoder: Graph) -> float:
    """Seconds of the fastest of a few runs, after one to warm up."""
    times = []
    for _ in range(1 + _RUNS):
        began = time.perf_counter()
        run(encoder)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def _circumstances(bundle: Bundle, names: list[str], threads: int, provider: Provider) -> str:
    """A hash of everything that the choice depends on."""
    files = [bundle.manifest.files[name] for name in names]
    try:
        processor = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
        # What changes from moment to moment.
        processor = "\n".join(line for line in processor.splitlines() if "MHz" not in line)
    except OSError:
        processor = ""
    known = [*files, threads, provider.candidates(), onnxruntime.__version__, os.cpu_count(), processor]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


class _RememberedChoice:
    """A small file in the cache folder. If it is lost or can't be written, encoders are measured again."""

    def __init__(self, circumstances: str) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
        folder = service_folder("CACHE") or Path(home) / "earsight"
        self._path = folder / f"encoder-{circumstances[:16]}"

    def choice(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def remember(self, name: str) -> None:
        try:
            write_whole(self._path, name.encode())
        except OSError as error:
            _log.info("%s: %s; the encoders will be measured at each start", self._path, error.strerror)
