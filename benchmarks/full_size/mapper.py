"""The published transformer mapper in torch, by the names of its published weights.

Mokady et al. (arXiv:2111.09734), section 3: the embedding becomes as many vectors as the prefix has, followed
by learned constants; what the layers, without a mask, make of the constants is the prefix.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.full_size.sizes import Sizes


class Attention(nn.Module):
    """Self-attention without a mask."""

    def __init__(self, width: int, heads: int) -> None:
        """Make a layer.

        Args:
            width: A multiple of heads.
            heads: Of the attention.
        """
        super().__init__()
        self.heads = heads
        self.to_queries = nn.Linear(width, width, bias=False)
        self.to_keys_values = nn.Linear(width, 2 * width, bias=False)
        self.project = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        batch, count, width = x.shape
        queries = self.to_queries(x).view(batch, count, self.heads, -1)
        keys, values = self.to_keys_values(x).view(batch, count, 2, self.heads, -1).unbind(2)
        scores = torch.einsum("bnhd,bmhd->bhnm", queries, keys) * (width // self.heads) ** -0.5
        seen = torch.einsum("bhnm,bmhd->bnhd", scores.softmax(-1), values)
        output: Tensor = self.project(seen.reshape(batch, count, width))
        return output


class FeedForward(nn.Module):
    """Two layers with a ReLU between them, of twice the width."""

    def __init__(self, width: int) -> None:
        """Make the layers.

        Args:
            width: Of the input.
        """
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        output: Tensor = self.fc2(functional.relu(self.fc1(x)))
        return output


class Layer(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, width: int, heads: int) -> None:
        """Make a layer.

        Args:
            width: A multiple of heads.
            heads: Of the attention.
        """
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.mlp = Attention(width, heads), FeedForward(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map float (batch, positions, width) to the same shape."""
        x = x + self.attn(self.norm1(x))
        output: Tensor = x + self.mlp(self.norm2(x))
        return output


class Mapper(nn.Module):
    """The mapper; parameters have their published names."""

    def __init__(self, sizes: Sizes, heads: int = 8) -> None:
        """Make a mapper.

        Args:
            sizes: Of the networks.
            heads: Of the attention.
        """
        super().__init__()
        self.linear = nn.Linear(sizes.embedding, sizes.prefix * sizes.width)
        self.prefix_const = nn.Parameter(torch.zeros(sizes.prefix, sizes.width))
        layers = nn.Sequential(*(Layer(sizes.width, heads) for _ in range(sizes.mapper_layers)))
        self.transformer = nn.ModuleDict({"layers": layers})

    def forward(self, embedding: Tensor) -> Tensor:
        """Map an embedding, float (1, numbers), to a prefix, (1, prefix, width)."""
        seen = self.linear(functional.normalize(embedding, dim=-1)).view(1, *self.prefix_const.shape)
        x = self.transformer["layers"](torch.cat([seen, self.prefix_const[None]], 1))
        output: Tensor = x[:, seen.shape[1] :]
        return output
