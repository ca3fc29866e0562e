"""A world small enough for a detector: rectangles on grey, red ones are people and green ones are dogs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from PIL import Image
from torch import nn

from earsight_training.data.object_labels import Boxes, LabelledPhoto, presence_of
from earsight_training.networks.nanodet import COCO_CLASSES, NanoDet

COLOURS = {"person": (230, 20, 20), "dog": (20, 210, 30)}
SIDE = 64


def picture(*things: tuple[str, tuple[float, float, float, float]], side: int = SIDE) -> np.ndarray:
    """uint8 (side, side, 3). things: a class and its corners, 0 to 1."""
    pixels = np.full((side, side, 3), 120, np.uint8)
    for name, corners in things:
        left, top, right, bottom = (round(value * side) for value in corners)
        pixels[top:bottom, left:right] = COLOURS[name]
    return pixels


def save_picture(path: Path, *things: tuple[str, tuple[float, float, float, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(*things)).save(path)


def boxes(*rows: tuple[tuple[float, float, float, float], int, float]) -> Boxes:
    return Boxes.of(rows)


def labelled(name: str, found: Boxes, known: list[bool], **others) -> LabelledPhoto:
    flags = np.array(known)
    return LabelledPhoto(Path(name), found, flags, presence_of(found, flags), name, **others)


def published_order(model: NanoDet) -> list[nn.Conv2d]:
    """The convolutions as NanoDet's published graph has them: read off the file, with its shapes."""

    def stage(of) -> list[nn.Conv2d]:
        pairs = zip(of.first, of.second, strict=True)
        return [layer.conv for pair in pairs for layer in pair] + [of.last.conv]

    body = [model.first.conv, model.second.conv, *stage(model.stage)]
    for level in (model.fine, model.middle, model.coarse):
        body += [level.down.conv, *stage(level.stage)]
    upwards = (model.coarse, model.middle, model.fine)
    towers = [layer for level in upwards for layer in (level.tower.conv, level.head)]
    return [*body, *(level.lateral for level in upwards), *towers]


def published_nanodet(path: Path, seed: int = 7, dtype: type = np.float16) -> NanoDet:
    """Write a network with COCO's classes as its authors publish it, and return it as it was written.

    In float16 the weights stand behind a node Cast each, as in the published file.
    """
    torch.manual_seed(seed)
    model = NanoDet(COCO_CLASSES).eval()
    nodes, values, x = [], [], "input"
    for index, layer in enumerate(published_order(model)):
        names = []
        for kind, tensor in (("weight", layer.weight), ("bias", layer.bias)):
            name = f"{kind}{index}"
            stored = tensor.detach().numpy().astype(dtype)
            with torch.no_grad():
                tensor.copy_(torch.from_numpy(stored.astype(np.float32)))
            values.append(numpy_helper.from_array(stored, name))
            if dtype == np.float16:
                nodes.append(helper.make_node("Cast", [name], [f"{name}_wide"], to=onnx.TensorProto.FLOAT))
                name = f"{name}_wide"
            names.append(name)
        nodes.append(helper.make_node("Conv", [x, *names], [f"x{index}"]))
        x = f"x{index}"
        if index % 2:
            nodes.append(helper.make_node("LeakyRelu", [x], [f"{x}_leaky"]))
    pixels = helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, [1, 3, 416, 416])
    onnx.save(helper.make_model(helper.make_graph(nodes, "nanodet", [pixels], [], values)), str(path))
    return model


def recipe_of(**changes) -> dict[str, object]:
    """A detector's recipe. changes: of its keys."""
    recipe: dict[str, object] = {
        "name": "rectangles",
        "licence": "none, made up",
        "about": "Rectangles.",
        "network": "nanodet",
        "side": 64,
        "trust": {"bias": 1.0, "weights": {"nano": 1.0}},
        "sets": ({"folder": "street"},),
        "training": {"epochs": 1, "batch": 4, "sides": (64,), "learning_rate": 0.001},
    }
    return recipe | changes
