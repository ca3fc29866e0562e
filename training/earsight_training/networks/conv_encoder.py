"""A small residual network with dense 3 x 3 convolutions, as an image encoder that starts from random
weights.

Basic blocks after He et al. (arXiv:1512.03385). Dense convolutions rather than depthwise ones, because they
train several times faster on a CPU in bfloat16 and run as fast on the boards that Earsight targets.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

STRIDE = 32
"""Pixels of a cell in each direction, of every encoder that gives a feature map."""


def _conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs))


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions around a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        """Make a block with random weights.

        Args:
            inputs: Channels.
            outputs: Channels.
            stride: Of the first convolution and of the shortcut.
        """
        super().__init__()
        self.first = _conv(inputs, outputs, stride=stride)
        self.second = _conv(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else _conv(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, inputs, rows, columns) to (batch, outputs, rows / stride, columns / stride)."""
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class ConvEncoder(nn.Module):
    """RGB pixels to a feature map.

    Attributes:
        channels: Of the feature map.
    """

    def __init__(self, widths: Sequence[int], depths: Sequence[int]) -> None:
        """Make an encoder with random weights.

        Args:
            widths: Channels of the four stages.
            depths: Blocks of the four stages.
        """
        super().__init__()
        stem = widths[0]
        layers: list[nn.Module] = [_conv(3, stem // 2, stride=2), nn.ReLU()]
        layers += [_conv(stem // 2, stem, stride=2), nn.ReLU()]
        channels = stem
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for block in range(depth):
                stride = 2 if block == 0 and stage > 0 else 1
                layers.append(ResidualBlock(channels, width, stride))
                channels = width
        self.layers = nn.Sequential(*layers)
        self.channels = channels

    def forward(self, pixels: Tensor) -> Tensor:
        """Encode images.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255.

        Returns:
            Float (batch, channels, rows, columns), one cell for each STRIDE x STRIDE pixels.
        """
        features: Tensor = self.layers(pixels / 127.5 - 1.0)
        return features
