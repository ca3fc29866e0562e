"""The most that this machine can do, measured on it: the rate of products, and of reading memory.

Both are measured with ONNX Runtime, in sessions with the options and threads of the daemon: no bundle is
faster than the best kernel at its best size. Products are of large square matrices, in float32 and of uint8
with int8. Memory is read as a product of one row with a matrix reads it: every number once, by all threads. A
small model stays in the processor's caches from one run to the next, so the rate for a stage is that of a
matrix as large as its own weights, read again and again. (Williams, Waterman and Patterson, "Roofline: an
insightful visual performance model for multicore architectures", 2009.)

The graphs of the two products lie beside this file, as the device has no package to write them with;
tests/earsight/bench/product_graphs.py has made them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from earsight.bench.work import Work
from earsight.inference.graph import Graph

_SIDE = 1024
_LARGE = 512 * 2**20
"""Bytes: far more than any cache holds."""
_SMALL = 2**20
"""Bytes: less takes too little time to be measured."""
_TIMES, _SECONDS = 5, 0.4


class Roofline:
    """The rates of this machine.

    Attributes:
        float_macs: Multiply-accumulates per second, in float32.
        integer_macs: The same, of uint8 with int8.
        bandwidth: Bytes per second at which a matrix larger than the caches is read.
    """

    def __init__(self, threads: int, available: int) -> None:
        """Measure them. That takes seconds and, meanwhile, up to half a gigabyte.

        Args:
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            available: Bytes of memory, of which a quarter is used.
        """
        folder = Path(__file__).parent
        self._floats = Graph(folder / "float32.onnx", threads)
        integers = Graph(folder / "int8.onnx", threads)
        square = _SIDE, _SIDE
        floats = {name: np.ones(square, np.float32) for name in "ab"}
        small = {"a": np.ones(square, np.uint8), "b": np.ones(square, np.int8)}
        macs = _SIDE**3
        self.float_macs = macs / _seconds(lambda: self._floats.run(["y"], floats))
        self.integer_macs = macs / _seconds(lambda: integers.run(["y"], small))
        # Ones: pages of zeros that nobody has written to are all the same page.
        self._memory = np.ones(max(_SMALL, min(_LARGE, available // 4)) // 4, np.float32)
        self.bandwidth = self.read_rate(self._memory.nbytes)

    def read_rate(self, size: int) -> float:
        """Bytes per second at which weights of this size are read, again and again."""
        columns = max(_SMALL, min(size, self._memory.nbytes)) // 4 // _SIDE
        matrix = self._memory[: _SIDE * columns].reshape(_SIDE, columns)
        row = np.ones((1, _SIDE), np.float32)
        return matrix.nbytes / _seconds(lambda: self._floats.run(["y"], {"a": row, "b": matrix}))

    def seconds(self, work: Work) -> float:
        """The least that this work takes: all of its arithmetic, or reading its weights once."""
        computing = work.float_macs / self.float_macs + work.integer_macs / self.integer_macs
        return max(computing, work.bytes / self.read_rate(work.bytes))


def _seconds(run: Callable[[], object]) -> float:
    """Seconds of the shortest of several runs: a disturbance only ever makes a run longer."""
    run()
    times: list[float] = []
    while len(times) < _TIMES or sum(times) < _SECONDS:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
