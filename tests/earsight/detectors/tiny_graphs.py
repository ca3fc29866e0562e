"""A detector and a place head small enough to be understood, in a bundle beside the built-in captioner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from earsight_bundle.files import DETECTOR, ENCODER, PLACE
from tests.earsight.bundles.bundle_files import captions_only, reseal, write

SIDE = 32
CLASSES = ("person", "dog", "car")
"""Of red, green and blue."""
CELLS = [(0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5), (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1)]
"""The quarters of a picture."""
PLACES, GROUNDS = ("street", "kitchen"), ("road", "grass")


def detector(side: int = SIDE, cells: int = len(CELLS)) -> onnx.ModelProto:
    """Scores each quarter by its mean red, green and blue."""
    boxes = numpy_helper.from_array(np.array(CELLS[:cells], np.float32), "corners")
    shape = numpy_helper.from_array(np.array([len(CELLS), 3]), "shape")
    full = numpy_helper.from_array(np.array(255, np.float32), "full")
    nodes = [
        helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["floats"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "AveragePool", ["planes"], ["means"], kernel_shape=[side // 2] * 2, strides=[side // 2] * 2
        ),
        helper.make_node("Transpose", ["means"], ["last"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["last", "shape"], ["levels"]),
        helper.make_node("Div", ["levels", "full"], ["scores"]),
        helper.make_node("Identity", ["corners"], ["boxes"]),
    ]
    return _model(
        nodes,
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, side, side, 3])],
        {"scores": [len(CELLS), 3], "boxes": [cells, 4]},
        [boxes, shape, full],
    )


def place_head(channels: int, places: int = 2, presence: int = 3) -> onnx.ModelProto:
    """Says the same of every picture: a street, grass, and no car."""
    said = {
        "places": np.array([0.9, 0.1][:places], np.float32),
        "grounds": np.array([0.2, 0.7], np.float32),
        "presence": np.array([0, 1, -3][:presence], np.float32),
    }
    constants = [numpy_helper.from_array(values, f"said_{name}") for name, values in said.items()]
    constants.append(numpy_helper.from_array(np.float32(0), "zero"))
    nodes = [
        helper.make_node("ReduceMean", ["cells"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        *(helper.make_node("Add", [f"said_{name}", "nothing"], [name]) for name in said),
    ]
    cells = helper.make_tensor_value_info("cells", TensorProto.FLOAT, [1, "cells", channels])
    return _model(nodes, [cells], {name: [len(values)] for name, values in said.items()}, constants)


def with_detector(tmp_path: Path, **objects: object) -> Path:
    """A copy of the built-in bundle with this detector. objects: more keys of the manifest's section."""
    folder = captions_only(tmp_path)
    onnx.save(detector(), str(folder / DETECTOR))
    section = {"image": {"side": SIDE, "fit": "squash"}, "classes": [{"name": name} for name in CLASSES]}
    _add(folder, "objects", section | objects, DETECTOR)
    return folder


def detector_only(tmp_path: Path) -> Path:
    """A bundle that only finds objects."""
    folder = with_detector(tmp_path)
    content = json.loads((folder / "manifest.json").read_text())
    for path in folder.iterdir():
        if path.name not in ("manifest.json", DETECTOR):
            path.unlink()
    kept = ("schema_version", "name", "licence", "objects")
    content = {key: content[key] for key in kept} | {"files": {DETECTOR: content["files"][DETECTOR]}}
    write(folder, content | {"capabilities": ["objects"]})
    return folder


def with_place_head(folder: Path) -> Path:
    """Add this place head, on an encoder that gives its embedding as its only cell."""
    graph = onnx.load(str(folder / ENCODER), load_external_data=False)
    outputs = {out.name: out for out in graph.graph.output}
    width = outputs["embedding"].type.tensor_type.shape.dim[1].dim_value
    if "cells" in outputs:
        graph.graph.output.remove(outputs["cells"])
        (maker,) = (node for node in graph.graph.node if "cells" in node.output)
        graph.graph.node.remove(maker)
    graph.graph.initializer.append(numpy_helper.from_array(np.array([1]), "cell_axis"))
    graph.graph.node.append(helper.make_node("Unsqueeze", ["embedding", "cell_axis"], ["cells"]))
    graph.graph.output.append(helper.make_tensor_value_info("cells", TensorProto.FLOAT, [1, 1, width]))
    (folder / ENCODER).unlink()
    onnx.save(graph, str(folder / ENCODER))
    onnx.save(place_head(width), str(folder / PLACE))
    _add(folder, "place", {"places": PLACES, "grounds": GROUNDS}, PLACE)
    return folder


def _add(folder: Path, capability: str, section: Mapping[str, object], file: str) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content["capabilities"].append(capability)
    content[capability] = section
    content["files"][file] = "0" * 64
    write(folder, content)
    reseal(folder)


def _model(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: Mapping[str, list[int]],
    constants: list[onnx.TensorProto],
) -> onnx.ModelProto:
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, infos, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
