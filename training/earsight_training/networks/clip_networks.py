"""The image towers of OpenAI's CLIP, without its text tower and without its package.

Radford et al., 2021, "Learning Transferable Visual Models From Natural Language Supervision"
(arXiv:2103.00020). Parameters have OpenAI's names, less the prefix `visual.`, so that their weights load by
name. For inference only: there is no dropout to begin with, and batch norm keeps OpenAI's statistics.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Of the red, green and blue of CLIP's training pictures, in 0..1.
PIXEL_MEAN = (0.48145466, 0.4578275, 0.40821073)
PIXEL_STD = (0.26862954, 0.26130258, 0.27577711)
HEAD_WIDTH = 64  # of every attention in CLIP
RESNET_STRIDE = 32  # pixels a cell of the last feature map


class Normalisation(nn.Module):
    """Scale pixels to mean 0 and variance 1 over CLIP's training images.

    Attributes:
        mean: Float32 (3, 1, 1), of 0 to 255.
        std: Float32 (3, 1, 1), of 0 to 255.
    """

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        """Make the constants."""
        super().__init__()
        # On the CPU whatever the default device: the networks are built on "meta", see clip_encoders.
        for name, of_colours in (("mean", PIXEL_MEAN), ("std", PIXEL_STD)):
            values = 255 * torch.tensor(of_colours, device="cpu").reshape(3, 1, 1)
            self.register_buffer(name, values, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalise pixels, float (batch, 3, rows, columns), 0 to 255."""
        return (pixels - self.mean) / self.std


def _heads(x: Tensor) -> Tensor:
    """(batch, positions, heads * HEAD_WIDTH) -> (batch, heads, positions, HEAD_WIDTH)."""
    return x.reshape(*x.shape[:2], -1, HEAD_WIDTH).transpose(1, 2)


def _attend(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Multi-head attention without a mask; all (batch, positions, width)."""
    seen = F.scaled_dot_product_attention(_heads(queries), _heads(keys), _heads(values))
    return seen.transpose(1, 2).flatten(2)


class Bottleneck(nn.Module):
    """A residual block that strides by average pooling, after its 3 x 3 convolution and in its shortcut."""

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        """Make a block.

        Args:
            inputs: Channels.
            channels: Of the 3 x 3 convolution; the block gives four times as many.
            stride: Cells that become one, in each direction.
        """
        super().__init__()
        outputs = 4 * channels
        self.conv1 = nn.Conv2d(inputs, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.avgpool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.conv3 = nn.Conv2d(channels, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, inputs, rows, columns) to (batch, 4 * channels, rows / stride, columns /
        stride)."""
        inner = torch.relu(self.bn1(self.conv1(x)))
        inner = torch.relu(self.bn2(self.conv2(inner)))
        inner = self.bn3(self.conv3(self.avgpool(inner)))
        return torch.relu(inner + self.downsample(self.avgpool(x)))


class AttentionPool(nn.Module):
    """A feature map to one vector: what the mean of its cells attends to among the cells and that mean."""

    def __init__(self, cells: int, width: int, outputs: int) -> None:
        """Make a pool.

        Args:
            cells: Of the feature map.
            width: Channels of the feature map, a multiple of HEAD_WIDTH.
            outputs: Numbers of the vector.
        """
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.zeros(cells + 1, width))
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.c_proj = nn.Linear(width, outputs)

    def forward(self, features: Tensor) -> Tensor:
        """Map float (batch, width, rows, columns) to (batch, outputs)."""
        cells = features.flatten(2).transpose(1, 2)
        x = torch.cat([cells.mean(1, keepdim=True), cells], 1) + self.positional_embedding
        pooled = _attend(self.q_proj(x[:, :1]), self.k_proj(x), self.v_proj(x))
        output: Tensor = self.c_proj(pooled[:, 0])
        return output


class ClipResNet(nn.Module):
    """CLIP's residual networks: RN50, RN101, RN50x4, RN50x16, RN50x64.

    ResNet-D (arXiv:1812.01187) with anti-aliased striding and attention pooling.

    Attributes:
        side: Pixels of the image's side.
        width: Numbers of the embedding.
    """

    def __init__(self, depths: Sequence[int], channels: int, side: int, width: int) -> None:
        """Make a network.

        Args:
            depths: Blocks of the four stages.
            channels: After the stem.
            side: Pixels, a multiple of 32.
            width: Numbers of the embedding.
        """
        super().__init__()
        self.side, self.width = side, width
        self.normalisation = Normalisation()
        self.conv1 = nn.Conv2d(3, channels // 2, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels // 2)
        self.conv2 = nn.Conv2d(channels // 2, channels // 2, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels // 2)
        self.conv3 = nn.Conv2d(channels // 2, channels, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels)
        self.avgpool = nn.AvgPool2d(2)
        self.layer1 = _stage(channels, channels, depths[0], stride=1)
        self.layer2 = _stage(4 * channels, 2 * channels, depths[1], stride=2)
        self.layer3 = _stage(8 * channels, 4 * channels, depths[2], stride=2)
        self.layer4 = _stage(16 * channels, 8 * channels, depths[3], stride=2)
        self.attnpool = AttentionPool((side // RESNET_STRIDE) ** 2, 32 * channels, width)

    def forward(self, pixels: Tensor) -> Tensor:
        """Embed images.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255.

        Returns:
            Float (batch, width), not of unit length.
        """
        x = self.normalisation(pixels)
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = self.avgpool(torch.relu(self.bn3(self.conv3(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        embedding: Tensor = self.attnpool(x)
        return embedding


def _stage(inputs: int, channels: int, depth: int, stride: int) -> nn.Sequential:
    first = Bottleneck(inputs, channels, stride)
    return nn.Sequential(first, *(Bottleneck(4 * channels, channels, 1) for _ in range(depth - 1)))


class QuickGelu(nn.Module):
    """CLIP's approximation of GELU."""

    def forward(self, x: Tensor) -> Tensor:
        """Compute x * sigmoid(1.702 x)."""
        return x * torch.sigmoid(1.702 * x)


class SelfAttention(nn.Module):
    """Self-attention whose queries, keys and values come from one matrix, named as torch names it."""

    def __init__(self, width: int) -> None:
        """Make an attention layer.

        Args:
            width: A multiple of HEAD_WIDTH.
        """
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        queries, keys, values = F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        output: Tensor = self.out_proj(_attend(queries, keys, values))
        return output


class TransformerBlock(nn.Module):
    """Pre-norm self-attention and a feed-forward part of four times the width."""

    def __init__(self, width: int) -> None:
        """Make a block.

        Args:
            width: A multiple of HEAD_WIDTH.
        """
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = SelfAttention(width)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential()
        self.mlp.add_module("c_fc", nn.Linear(width, 4 * width))
        self.mlp.add_module("gelu", QuickGelu())
        self.mlp.add_module("c_proj", nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        x = x + self.attn(self.ln_1(x))
        output: Tensor = x + self.mlp(self.ln_2(x))
        return output


class Transformer(nn.Module):
    """Blocks in a row, under the name that OpenAI's keys have for them."""

    def __init__(self, depth: int, width: int) -> None:
        """Make the blocks.

        Args:
            depth: How many there are.
            width: A multiple of HEAD_WIDTH.
        """
        super().__init__()
        self.resblocks = nn.Sequential(*(TransformerBlock(width) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        output: Tensor = self.resblocks(x)
        return output


class ClipVisionTransformer(nn.Module):
    """CLIP's vision transformers: ViT-B/32, ViT-B/16, ViT-L/14, ViT-L/14@336px.

    Dosovitskiy et al. (arXiv:2010.11929), with a layer norm before the first block.

    Attributes:
        side: Pixels of the image's side.
        width: Numbers of the embedding.
    """

    def __init__(self, depth: int, channels: int, patch: int, side: int, width: int) -> None:
        """Make a network.

        Args:
            depth: Number of blocks.
            channels: Of a position.
            patch: Pixels of a patch's side.
            side: Pixels, a multiple of patch.
            width: Numbers of the embedding.
        """
        super().__init__()
        self.side, self.width = side, width
        self.normalisation = Normalisation()
        self.conv1 = nn.Conv2d(3, channels, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(channels))
        self.positional_embedding = nn.Parameter(torch.zeros((side // patch) ** 2 + 1, channels))
        self.ln_pre = nn.LayerNorm(channels)
        self.transformer = Transformer(depth, channels)
        self.ln_post = nn.LayerNorm(channels)
        self.proj = nn.Parameter(torch.zeros(channels, width))

    def forward(self, pixels: Tensor) -> Tensor:
        """Embed images.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255.

        Returns:
            Float (batch, width), not of unit length.
        """
        patches = self.conv1(self.normalisation(pixels)).flatten(2).transpose(1, 2)
        summary = self.class_embedding.expand(len(patches), 1, -1)
        x = torch.cat([summary, patches], 1) + self.positional_embedding
        x = self.transformer(self.ln_pre(x))
        embedding: Tensor = self.ln_post(x[:, 0]) @ self.proj
        return embedding
