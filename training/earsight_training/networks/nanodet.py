"""NanoDet-g: a one-stage object detector of dense 3 x 3 convolutions, made for small devices.

By RangiLyu (github.com/RangiLyu/nanodet, Apache-2.0), with the generalised focal loss's distances (Li et al.,
arXiv:2006.04388): each side of a box is the expected value of a distribution over bins. Its weights come as
an ONNX graph whose batch norms are folded in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from earsight_training.errors import TrainingError

STRIDES = (8, 16, 32)
BINS = 11
"""Of the distribution of a side's distance, in strides: 0 to 10."""
COCO_CLASSES = 80
LEAK = 0.1
"""Slope of the rectifiers below 0."""
_WIDTH = 128
MEAN = (103.53, 116.28, 123.675)
"""Of blue, green and red, which the network reads in this order."""
DEVIATION = (57.375, 57.12, 58.395)
_RARE = -4.6
"""Log-odds that a class begins with which the weights don't know: 1 %."""


class Convolution(nn.Module):
    """A convolution with zeros around the map, and a leaky rectifier."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        """Make it with random weights.

        Args:
            inputs: Channels.
            outputs: Channels.
            kernel: Cells of a side.
            stride: Cells from one output to the next.
        """
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, inputs, rows, columns) to (batch, outputs, rows / stride, columns / stride)."""
        return functional.leaky_relu(self.conv(x), LEAK)


class CrossStage(nn.Module):
    """Half of the channels go through further convolutions, and all are joined again (arXiv:1911.11929)."""

    def __init__(self, channels: int, blocks: int) -> None:
        """Make it with random weights.

        Args:
            channels: Of the input; the output has twice as many.
            blocks: Pairs of convolutions.
        """
        super().__init__()
        self.first = nn.ModuleList(Convolution(channels, channels // 2) for _ in range(blocks))
        self.second = nn.ModuleList(Convolution(channels // 2, channels // 2) for _ in range(blocks))
        self.last = Convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, channels, rows, columns) to (batch, 2 * channels, rows, columns)."""
        inner = x
        for first, second in self.pairs():
            half = first(inner)
            inner = torch.cat([second(half), half], 1)
        return torch.cat([self.last(inner), x], 1)

    def pairs(self) -> Iterator[tuple[Convolution, Convolution]]:
        """Yield the first and the second convolution of each block."""
        for first, second in zip(self.first, self.second, strict=True):
            assert isinstance(first, Convolution)
            assert isinstance(second, Convolution)
            yield first, second

    def convolutions(self) -> list[nn.Conv2d]:
        """List all in the order in which they are computed."""
        inner = [layer.conv for pair in self.pairs() for layer in pair]
        return [*inner, self.last.conv]


class Level(nn.Module):
    """One of the three grids: what leads to it, and what reads it."""

    def __init__(self, channels: int, blocks: int, classes: int) -> None:
        """Make it with random weights.

        Args:
            channels: Of what comes in; its own map has twice as many.
            blocks: Of the cross stage.
            classes: How many to tell apart.
        """
        super().__init__()
        self.down = Convolution(channels, channels, stride=2)
        self.stage = CrossStage(channels, blocks)
        self.lateral = nn.Conv2d(2 * channels, _WIDTH, 1)
        self.tower = Convolution(_WIDTH, _WIDTH)
        self.head = nn.Conv2d(_WIDTH, classes + 4 * BINS, 1)


class NanoDet(nn.Module):
    """RGB pixels to scores and distances on three grids.

    Attributes:
        classes: How many it tells apart.
        levels: The grids, the finest first, as STRIDES.
    """

    def __init__(self, classes: int) -> None:
        """Make it with random weights.

        Args:
            classes: How many to tell apart. The first COCO_CLASSES of them are COCO's.
        """
        super().__init__()
        self.classes = classes
        self.first, self.second = Convolution(3, 32, stride=2), Convolution(32, 32)
        self.stage = CrossStage(32, 1)
        self.fine, self.middle, self.coarse = (
            Level(channels, blocks, classes) for channels, blocks in ((64, 2), (128, 2), (256, 3))
        )

    def freeze_stem(self) -> None:
        """Keep the weights of all that leads to the finest grid's map."""
        for part in (self.first, self.second, self.stage, self.fine.down, self.fine.stage):
            part.requires_grad_(False)

    @property
    def levels(self) -> tuple[Level, Level, Level]:
        """The grids."""
        return self.fine, self.middle, self.coarse

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Detect.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255; the side is a multiple of 32.

        Returns:
            For each of STRIDES float (batch, classes + 4 * BINS, rows, columns): log-odds of the classes, and
            log-weights of the bins of the distances to the left, top, right and bottom side.
        """
        x = functional.max_pool2d(self.first(self._normalised(pixels)), 3, 2, 1)
        x = self.stage(self.second(x))
        maps = []
        for level in self.levels:
            x = level.stage(level.down(x))
            maps.append(level.lateral(x))
        return [level.head(level.tower(x)) for level, x in zip(self.levels, _pyramid(*maps), strict=True)]

    def _normalised(self, pixels: Tensor) -> Tensor:
        mean, deviation = (pixels.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
        return (pixels.flip(1) - mean) / deviation


def _pyramid(fine: Tensor, middle: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Down and up again through the maps: the three grids share what each of them sees."""
    middle = middle + _resized(coarse, 2.0)
    fine = fine + _resized(middle, 2.0)
    lower = middle + _resized(fine, 0.5)
    return fine, lower, coarse + _resized(lower, 0.5)


def _resized(x: Tensor, factor: float) -> Tensor:
    return functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


@cache
def cells(side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """List the cells of all grids.

    Args:
        side: Pixels of the picture.
        device: Where.

    Returns:
        Their middles, float (cells, 2), x and y in pixels, and their strides, float (cells,).
    """
    middles, strides = [], []
    for stride in STRIDES:
        line = (torch.arange(side // stride, device=device) + 0.5) * stride
        y, x = torch.meshgrid(line, line, indexing="ij")
        middles.append(torch.stack([x, y], -1).reshape(-1, 2))
        strides.append(torch.full((len(middles[-1]),), float(stride), device=device))
    return torch.cat(middles), torch.cat(strides)


@dataclass(frozen=True)
class Predictions:
    """What a detector says of a batch.

    Attributes:
        logits: Float32 (batch, cells, classes).
        bins: Float32 (batch, cells, 4, BINS), log-weights.
        corners: Float32 (batch, cells, 4), in pixels.
    """

    logits: Tensor
    bins: Tensor
    corners: Tensor


def predictions(outputs: list[Tensor], side: int) -> Predictions:
    """Read what NanoDet puts out.

    Args:
        outputs: Of the network.
        side: Pixels of the picture.
    """
    flat = torch.cat([output.float().flatten(2) for output in outputs], 2).transpose(1, 2)
    logits, sides = flat[..., : -4 * BINS], flat[..., -4 * BINS :].reshape(*flat.shape[:2], 4, BINS)
    middles, strides = cells(side, flat.device)
    steps = torch.arange(BINS, device=flat.device, dtype=torch.float32)
    distances = (sides.softmax(-1) @ steps) * strides[:, None]
    corners = torch.cat([middles - distances[..., :2], middles + distances[..., 2:]], -1)
    return Predictions(logits, sides, corners)


def load_nanodet(path: Path, classes: int) -> NanoDet:
    """Read published weights, and add classes that they don't know.

    Args:
        path: An ONNX file of NanoDet-g with COCO_CLASSES classes, in float32 or float16.
        classes: How many to tell apart.

    Raises:
        TrainingError: The file is something else.
    """
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf's, of any kind
        raise TrainingError(f"{path}: not an ONNX file ({error}); give NanoDet's") from error
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    source = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    weights = [node.input for node in graph.node if node.op_type == "Conv"]
    model = NanoDet(classes)
    layers = _in_graph_order(model)
    if len(weights) != len(layers):
        raise TrainingError(f"{path}: not NanoDet-g: {len(weights)} convolutions instead of {len(layers)}")
    for (_, weight, bias), layer in zip(weights, layers, strict=True):
        _copy(path, layer, values.get(source.get(weight, weight)), values.get(source.get(bias, bias)))
    return model


def _in_graph_order(model: NanoDet) -> list[nn.Conv2d]:
    """The convolutions as the graph has them: laterals, towers and heads from the coarsest grid on."""
    order = [model.first.conv, model.second.conv, *model.stage.convolutions()]
    for level in model.levels:
        order += [level.down.conv, *level.stage.convolutions()]
    coarsest_first = model.levels[::-1]
    order += [level.lateral for level in coarsest_first]
    for level in coarsest_first:
        order += [level.tower.conv, level.head]
    return order


@torch.no_grad()
def _copy(path: Path, layer: nn.Conv2d, weight: object, bias: object) -> None:
    """Copy weights; a head gets the classes that it has more at the end of its classes."""
    if weight is None or bias is None:
        raise TrainingError(f"{path}: not NanoDet-g: a convolution without weights or bias")
    kernel, offset = torch.tensor(weight).float(), torch.tensor(bias).float()
    more = layer.out_channels - len(kernel)
    if more > 0 and len(kernel) == COCO_CLASSES + 4 * BINS:
        inner = kernel.shape[1:]
        kernel = torch.cat([kernel[:COCO_CLASSES], torch.zeros(more, *inner), kernel[COCO_CLASSES:]])
        offset = torch.cat([offset[:COCO_CLASSES], torch.full((more,), _RARE), offset[COCO_CLASSES:]])
    if kernel.shape != layer.weight.shape or layer.bias is None:
        raise TrainingError(f"{path}: not NanoDet-g: {tuple(kernel.shape)}, not {tuple(layer.weight.shape)}")
    layer.weight.copy_(kernel)
    layer.bias.copy_(offset)
