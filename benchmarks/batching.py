"""Whether the built-in encoder gains by several photos at once, as Ray Serve could collect them.

Bundles have graphs for one photo. Here, the encoder's is rewritten for more, and run on one thread: processor
time for each photo, the best of some rounds by turns.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime

from benchmarks.machine import processor
from earsight.bundles.bundle import bundle_folder
from earsight_bundle.files import ENCODER

_SIZES = (1, 2, 4, 8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the times.

    Args:
        arguments: Words after the program's name; None takes the process'.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="script/bench batching", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of all sizes (30)")
    options = parser.parse_args(arguments)
    model = onnx.load(bundle_folder("builtin") / ENCODER)
    sessions = {size: _session(model, size) for size in _SIZES}
    best = dict.fromkeys(_SIZES, float("inf"))
    for _ in range(options.rounds):
        for size, session in sessions.items():
            best[size] = min(best[size], _seconds(session, size))
    print(f"{processor()}; one thread\n\n| photos at once | a photo |\n|---:|---:|")
    for size, seconds in best.items():
        print(f"| {size} | {1000 * seconds:.1f} ms |")
    return 0


def _seconds(session: onnxruntime.InferenceSession, size: int) -> float:
    (pixels,) = session.get_inputs()
    photos = np.random.default_rng(0).integers(0, 256, (size, *pixels.shape[1:]), np.uint8)
    runs = max(_SIZES) // size
    began = time.process_time()
    for _ in range(runs):
        session.run(None, {pixels.name: photos})
    return (time.process_time() - began) / (runs * size)


def _session(model: onnx.ModelProto, size: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    graph = _for_photos(model, size).SerializeToString()
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _for_photos(model: onnx.ModelProto, size: int) -> onnx.ModelProto:
    """The graph with another number of photos, also where it gives tensors a new shape."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    graph = changed.graph
    graph.input[0].type.tensor_type.shape.dim[0].dim_value = size
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for constant in graph.initializer:
        shape = onnx.numpy_helper.to_array(constant)
        if constant.name in shapes and shape[0] == 1:
            constant.CopyFrom(onnx.numpy_helper.from_array(np.array([size, *shape[1:]]), constant.name))
    del graph.value_info[:]
    return changed


if __name__ == "__main__":
    sys.exit(main())
