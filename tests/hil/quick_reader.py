"""Networks for the simulated device that read without any arithmetic to speak of.

Emulated, the real ones take half a minute for a sign. These replace the files of the package: what is dark is
text, and a line is one of some known ones, told apart by its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from earsight.readers.networks import DETECTOR, RECOGNISER, PaddleNetworks
from earsight.readers.text_recognition import cut_out, recogniser_input
from tests.hil.photos import sign

_SURE = 0.999
_LETTERS_APART = 61
"""Pixels at the detector's scale that are filled between dark places, so that a line is one piece."""


def write_quick_reader(folder: Path, lines: Sequence[str]) -> None:
    """Write both networks.

    Args:
        folder: Where the files go.
        lines: The only ones that they know, as photos.sign() draws them; each of another length.
    """
    onnx.save(_detector(), folder / DETECTOR)
    onnx.save(_recogniser([""], [0]), folder / RECOGNISER)
    networks = PaddleNetworks(folder, threads=1)
    widths = {line: _width(networks, line) for line in lines}
    by_width = sorted(lines, key=widths.__getitem__)
    bounds = [(widths[a] + widths[b]) // 2 for a, b in pairwise(by_width)]
    onnx.save(_recogniser(by_width, [0, *bounds]), folder / RECOGNISER)


def _width(networks: PaddleNetworks, line: str) -> int:
    pixels = np.asarray(sign(line))
    (region,) = networks.detect(pixels)
    return int(recogniser_input(cut_out(pixels, region)).shape[3])


def _detector() -> onnx.ModelProto:
    """From BGR, -1..1, to 1 where something dark is near, else 0."""
    kernel = [5, _LETTERS_APART]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("Less", ["grey", "zero"], ["dark"]),
        helper.make_node("Cast", ["dark"], ["ink"], to=TensorProto.FLOAT),
        helper.make_node("MaxPool", ["ink"], ["map"], kernel_shape=kernel, auto_pad="SAME_UPPER"),
    ]
    zero = numpy_helper.from_array(np.float32(0), "zero")
    return _model(nodes, [1, 3, "height", "width"], {"map": [1, 1, "height", "width"]}, [zero])


def _recogniser(lines: Sequence[str], narrowest: Sequence[int]) -> onnx.ModelProto:
    """The last of the lines that is not wider than the input. narrowest: the width from which each is it."""
    alphabet = sorted(set("".join(lines)) - {" "}) or ["a"]
    known = np.stack([_steps(line, alphabet, 2 * max(map(len, lines)) + 1) for line in lines])
    constants = [
        numpy_helper.from_array(known, "known"),
        numpy_helper.from_array(np.array(narrowest), "narrowest"),
        numpy_helper.from_array(np.array([3]), "axis of the width"),
        numpy_helper.from_array(np.array(1), "one"),
    ]
    nodes = [
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Gather", ["shape", "axis of the width"], ["width"]),
        helper.make_node("LessOrEqual", ["narrowest", "width"], ["reached"]),
        helper.make_node("Cast", ["reached"], ["counted"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["counted"], ["count"], keepdims=0),
        helper.make_node("Sub", ["count", "one"], ["which"]),
        helper.make_node("Gather", ["known", "which"], ["steps"]),
        helper.make_node("Unsqueeze", ["steps", "first axis"], ["chances"]),
    ]
    constants.append(numpy_helper.from_array(np.array([0]), "first axis"))
    model = _model(nodes, [1, 3, 48, "width"], {"chances": [1, *known.shape[1:]]}, constants)
    helper.set_model_props(model, {"character": "\n".join(alphabet)})
    return model


def _steps(line: str, alphabet: Sequence[str], count: int) -> np.ndarray:
    """float32 (count, characters): each character once, with a blank before it."""
    classes = ["", *alphabet, " "]
    chosen = [number for each in line for number in (0, classes.index(each))]
    chances = np.full((count, len(classes)), (1 - _SURE) / (len(classes) - 1), np.float32)
    chances[np.arange(count), chosen + [0] * (count - len(chosen))] = _SURE
    return chances


def _model(
    nodes: list[onnx.NodeProto],
    shape: list[int | str],
    outputs: dict[str, list[int | str]],
    constants: list[onnx.TensorProto],
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "quick",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, axes) for name, axes in outputs.items()],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
