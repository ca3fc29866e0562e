"""Estimates, by the roofline, of what a caption takes on boards that nobody has measured it on.

A stage takes at least its multiply-accumulates over the board's peak, and at least the bytes of its matrices
over the memory's bandwidth; the larger of the two, over an efficiency, is the estimate (Williams, Waterman
and Patterson, "Roofline", 2009).
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

_BYTES = {"float": 4, "float16": 2, "uint8": 1, "int8": 1}
_DTYPES = {"float": np.float32, "float16": np.float16, "int64": np.int64, "uint8": np.uint8, "bool": np.bool_}
_PRODUCTS = frozenset({"MatMul", "Gemm", "MatMulInteger", "MatMulIntegerToFloat"})
_UNCOUNTED = frozenset({"Attention", "MultiHeadAttention", "MatMulNBits", "ConvTranspose", "QLinearConv"})


@dataclass(frozen=True)
class Work:
    """Multiply-accumulates in floats and in integers, and the bytes of what is multiplied with."""

    float_macs: int = 0
    integer_macs: int = 0
    bytes: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.float_macs + other.float_macs,
            self.integer_macs + other.integer_macs,
            self.bytes + other.bytes,
        )

    def __mul__(self, times: int) -> Work:
        return Work(self.float_macs * times, self.integer_macs * times, self.bytes * times)


@dataclass(frozen=True)
class Board:
    """macs: a second, all cores. bandwidth: bytes a second."""

    name: str
    float_macs: float
    integer_macs: float
    bandwidth: float
    halves_floats: bool = False
    """Whether floats are float16 there, of half the bytes."""

    def seconds(self, work: Work) -> float:
        """The roofline: no run is faster."""
        computing = work.float_macs / self.float_macs + work.integer_macs / self.integer_macs
        size = work.bytes / 2 if self.halves_floats and not work.integer_macs else work.bytes
        return max(computing, size / self.bandwidth)


# Cores x GHz x multiply-accumulates a cycle; where the figures are from is in docs/boards.md.
BOARDS = (
    Board("Raspberry Pi 4", 4 * 1.8e9 * 4, 4 * 1.8e9 * 4, 5.5e9),
    Board("Raspberry Pi 5", 4 * 2.4e9 * 8, 4 * 2.4e9 * 32, 9.4e9),
    Board("Orin Nano, CPU", 6 * 1.5e9 * 8, 6 * 1.5e9 * 32, 20.2e9),
    Board("Orin Nano, GPU", 5.1e12, 10.2e12, 68e9, halves_floats=True),
)


def graph_work(path: Path, dimensions: Mapping[str, int], values: Mapping[str, int]) -> Work:
    """Of one run, with these sizes of the graph's named dimensions and values of its inputs (default 0).

    Counted by running it unoptimised, so that shapes are those of the run. Raises ValueError for an operator
    that multiplies matrices in a way that is not known here.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.enable_profiling, options.profile_file_prefix = True, str(Path(folder) / "run")
        # The profile does not tell the shapes of prepacked weights.
        options.add_session_config_entry("session.disable_prepacking", "1")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        session.run(
            None,
            {node.name: _value(node, dimensions, values.get(node.name, 0)) for node in session.get_inputs()},
        )
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    runs = (event["args"] for event in events if event["name"].endswith("_kernel_time"))
    return sum((node_work(run) for run in runs), Work())


def _value(node: onnxruntime.NodeArg, dimensions: Mapping[str, int], value: int) -> np.ndarray:
    """A dimension may be a sum of others: "N + rows"."""
    shape = [
        size if isinstance(size, int) else sum(dimensions[part] for part in size.split(" + "))
        for size in node.shape
    ]
    return np.full(
        shape, value, _DTYPES[node.type.removeprefix("tensor(").removesuffix(")").replace("_", "")]
    )


def node_work(run: Mapping) -> Work:
    """run: what ONNX Runtime's profile tells of a node: its operator, and types and shapes in and out."""
    operator = run["op_name"]
    if operator in _UNCOUNTED:
        raise ValueError(f"{operator}: its multiply-accumulates can't be counted yet")
    if operator not in _PRODUCTS | {"Conv", "FusedConv"}:
        return Work()
    (kind, a), (other_kind, b) = (next(iter(item.items())) for item in run["input_type_shape"][:2])
    ((_, out),) = run["output_type_shape"][0].items()
    if operator in _PRODUCTS:
        inner = math.prod(a) // math.prod(out[:-1]) if operator == "Gemm" else a[-1]
    else:
        inner = math.prod(b[1:])  # input channels of a group x height x width
    macs, size = math.prod(out) * inner, math.prod(b) * _BYTES[other_kind]
    return Work(0, macs, size) if kind in ("uint8", "int8") else Work(macs, 0, size)


def caption_work(bundle: Path, tokens: int) -> dict[str, Work]:
    """Stages of one caption of so many tokens, the beams all alive to its end."""
    decode = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["decode"]
    decoder, beams = bundle / "decoder.onnx", decode["beams"]
    prefix = _prefix_length(bundle / "encoder.onnx")
    # In the middle of the caption, with the prefix and what all beams have said in the cache.
    middle = {"rows": beams, "N": prefix + beams * tokens // 2, "asked": beams}
    return {
        "encode": graph_work(bundle / "encoder.onnx", {}, {}),
        "prefix": graph_work(decoder, {"rows": prefix, "N": 0, "asked": 1}, {"k": beams}),
        "tokens": graph_work(decoder, middle, {"k": beams}) * (tokens - 1),
    }


def _prefix_length(encoder: Path) -> int:
    session = onnxruntime.InferenceSession(str(encoder), providers=["CPUExecutionProvider"])
    (pixels,) = session.get_inputs()
    return session.run(["prefix"], {"pixels": np.zeros(pixels.shape, np.uint8)})[0].shape[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundles", nargs="+", type=Path, metavar="DIR", help="folders of model bundles")
    parser.add_argument("--tokens", type=int, default=14, help="of the caption (default: %(default)s)")
    parser.add_argument(
        "--efficiency", type=float, default=0.5, help="share of the roofline reached (default: %(default)s)"
    )
    arguments = parser.parse_args()
    print(
        f"Estimates, at {arguments.efficiency:.0%} of the roofline; a caption of {arguments.tokens} tokens.\n"
    )
    print(
        "| bundle, stage | GMAC float + int | MB read | " + " | ".join(board.name for board in BOARDS) + " |"
    )
    print("|---|---|---|" + "---|" * len(BOARDS))
    for bundle in arguments.bundles:
        stages = caption_work(bundle, arguments.tokens)
        rows = {name: [board.seconds(work) for board in BOARDS] for name, work in stages.items()}
        rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
        stages["all"] = sum(stages.values(), Work())
        for name, seconds in rows.items():
            work = stages[name]
            counts = f"{work.float_macs / 1e9:.2f} + {work.integer_macs / 1e9:.2f} | {work.bytes / 1e6:.0f}"
            times = " | ".join(f"{1000 * value / arguments.efficiency:.0f} ms" for value in seconds)
            print(f"| {bundle.name}, {name} | {counts} | {times} |")


if __name__ == "__main__":
    main()
