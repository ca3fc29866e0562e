"""NanoDet-g: a one-stage object detector of dense 3 x 3 convolutions, made for small devices.

By RangiLyu (github.com/RangiLyu/nanodet, Apache-2.0), with the generalised focal loss's distances (Li et al.,
arXiv:2006.04388): each side of a box is the expected value of a distribution over bins. Its weights come as
an ONNX graph whose batch norms are folded in.
"""

from __future__ import annotations

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
_WIDTH = 128
_MEAN = (103.53, 116.28, 123.675)
_DEVIATION = (57.375, 57.12, 58.395)
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
        return functional.leaky_relu(self.conv(x), 0.1)


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
        for first, second in zip(self.first, self.second, strict=True):
            half = first(inner)
            inner = torch.cat([second(half), half], 1)
        return torch.cat([self.last(inner), x], 1)


class NanoDet(nn.Module):
    """RGB pixels to scores and distances on three grids.

    Attributes:
        classes: How many it tells apart.
    """

    def __init__(self, classes: int) -> None:
        """Make it with random weights.

        Args:
            classes: How many to tell apart. The first COCO_CLASSES of them are COCO's.
        """
        super().__init__()
        self.classes = classes
        self.stem = nn.ModuleList([Convolution(3, 32, stride=2), Convolution(32, 32)])
        self.stages = nn.ModuleList(
            [CrossStage(32, 1), CrossStage(64, 2), CrossStage(128, 2), CrossStage(256, 3)]
        )
        self.down = nn.ModuleList(Convolution(width, width, stride=2) for width in (64, 128, 256))
        self.lateral = nn.ModuleList(nn.Conv2d(width, _WIDTH, 1) for width in (128, 256, 512))
        self.towers = nn.ModuleList(Convolution(_WIDTH, _WIDTH) for _ in STRIDES)
        self.heads = nn.ModuleList(nn.Conv2d(_WIDTH, classes + 4 * BINS, 1) for _ in STRIDES)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Detect.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255; the side is a multiple of 32.

        Returns:
            For each of STRIDES float (batch, classes + 4 * BINS, rows, columns): log-odds of the classes, and
            log-weights of the bins of the distances to the left, top, right and bottom side.
        """
        x = functional.max_pool2d(self.stem[0](self._normalised(pixels)), 3, 2, 1)
        x = self.stages[0](self.stem[1](x))
        maps = []
        for down, stage in zip(self.down, self.stages[1:], strict=True):
            x = stage(down(x))
            maps.append(x)
        return [
            head(tower(x))
            for head, tower, x in zip(self.heads, self.towers, self._pyramid(maps), strict=True)
        ]

    def _normalised(self, pixels: Tensor) -> Tensor:
        mean, deviation = (pixels.new_tensor(values)[:, None, None] for values in (_MEAN, _DEVIATION))
        return (pixels.flip(1) - mean) / deviation

    def _pyramid(self, maps: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Down and up again through the maps: the three grids share what each of them sees."""
        fine, middle, coarse = (side(x) for side, x in zip(self.lateral, maps, strict=True))
        middle = middle + _resized(coarse, 2.0)
        fine = fine + _resized(middle, 2.0)
        lower = middle + _resized(fine, 0.5)
        return fine, lower, coarse + _resized(lower, 0.5)


def _resized(x: Tensor, factor: float) -> Tensor:
    return functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


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
    order = [model.stem[0].conv, model.stem[1].conv]
    for index, stage in enumerate(model.stages):
        assert isinstance(stage, CrossStage)
        if index:
            order.append(model.down[index - 1].conv)
        for first, second in zip(stage.first, stage.second, strict=True):
            order += [first.conv, second.conv]
        order.append(stage.last.conv)
    order += reversed(list(model.lateral))
    for tower, head in zip(reversed(model.towers), reversed(model.heads), strict=True):
        order += [tower.conv, head]
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
