"""Mappers: from what the encoder gives to the prefix that the decoder reads before its first token.

TransformerMapper and MlpMapper are those of ClipCap (Mokady et al., arXiv:2111.09734, section 3).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from earsight_training.errors import TrainingError
from earsight_training.networks.transformer import Block
from earsight_training.recipe import (
    BundleMapperSettings,
    CellMapperSettings,
    MapperSettings,
    MlpMapperSettings,
    TransformerMapperSettings,
)


class CellMapper(nn.Module):
    """The cells of a feature map, row by row, then one learned start vector.

    Attributes:
        prefix_length: Vectors of the prefix.
    """

    def __init__(self, channels: int, width: int, cells: int) -> None:
        """Make a mapper with random weights.

        Args:
            channels: Of the feature map.
            width: The decoder's.
            cells: Of the feature map.
        """
        super().__init__()
        self.prefix_length = cells + 1
        self.projection = nn.Linear(channels, width)
        self.start = nn.Parameter(torch.randn(width) * 0.02)

    def forward(self, features: Tensor) -> Tensor:
        """Map a feature map.

        Args:
            features: Float (batch, channels, rows, columns).

        Returns:
            Float (batch, cells + 1, width).
        """
        cells = self.projection(features.flatten(2).transpose(1, 2))
        return torch.cat([cells, self.start.expand(len(cells), 1, -1)], 1)


class MlpMapper(nn.Module):
    """Two layers with a tanh between them. The hidden layer has half as many numbers as the prefix.

    Attributes:
        embedding: Numbers of the embedding.
        prefix_length: Vectors of the prefix.
        unit_length: Whether embeddings are scaled to length 1 first.
    """

    def __init__(self, embedding: int, width: int, mapping: MlpMapperSettings) -> None:
        """Make a mapper with random weights.

        Args:
            embedding: Numbers of the embedding.
            width: The decoder's.
            mapping: The recipe's settings.
        """
        super().__init__()
        self.embedding, self.prefix_length = embedding, mapping.prefix
        self.unit_length = mapping.unit_length
        self.first = nn.Linear(embedding, width * mapping.prefix // 2)
        self.second = nn.Linear(width * mapping.prefix // 2, width * mapping.prefix)

    def forward(self, embedding: Tensor) -> Tensor:
        """Map embeddings.

        Args:
            embedding: Float (batch, numbers).

        Returns:
            Float (batch, prefix length, width).
        """
        prefix: Tensor = self.second(torch.tanh(self.first(_scaled(embedding, self.unit_length))))
        return prefix.reshape(len(prefix), self.prefix_length, -1)


class TransformerMapper(nn.Module):
    """The embedding as clip_length vectors, and constants that attend to them and become the prefix.

    Attributes:
        embedding: Numbers of the embedding.
        prefix_length: Vectors of the prefix.
        unit_length: Whether embeddings are scaled to length 1 first.
        clip_length: Vectors that the embedding becomes.
    """

    def __init__(self, embedding: int, width: int, mapping: TransformerMapperSettings) -> None:
        """Make a mapper with random weights.

        Args:
            embedding: Numbers of the embedding.
            width: The decoder's.
            mapping: The recipe's settings.

        Raises:
            TrainingError: The width is not a multiple of the heads.
        """
        super().__init__()
        self.embedding, self.prefix_length = embedding, mapping.prefix
        self.unit_length = mapping.unit_length
        if width % mapping.heads:
            raise TrainingError(
                f"mapper.heads: the decoder's width, {width}, is no multiple of {mapping.heads}"
            )
        self.clip_length = mapping.clip_length
        self.linear = nn.Linear(embedding, mapping.clip_length * width)
        self.constants = nn.Parameter(torch.randn(mapping.prefix, width))
        self.blocks = nn.ModuleList(
            Block(width, mapping.heads, 2 * width, activation="relu", attention_bias=False)
            for _ in range(mapping.layers)
        )

    def forward(self, embedding: Tensor) -> Tensor:
        """Map embeddings.

        Args:
            embedding: Float (batch, numbers).

        Returns:
            Float (batch, prefix length, width).
        """
        seen = self.linear(_scaled(embedding, self.unit_length)).unflatten(1, (self.clip_length, -1))
        x = torch.cat([seen, self.constants.expand(len(seen), -1, -1)], 1)
        last = self.blocks[-1]
        assert isinstance(last, Block)
        for block in self.blocks[:-1]:
            x, _ = block(x)
        # The prefix is what becomes of the constants: the rest of the last block's output is not needed.
        prefix: Tensor
        prefix, _ = last(x[:, self.clip_length :], last.keys_values(x[:, : self.clip_length]))
        return prefix


class BundleMapper(nn.Module):
    """Stands where a bundle's encoder and mapper have been already: what is given is the prefix.

    Attributes:
        prefix_length: Vectors of the prefix.
    """

    def __init__(self, prefix_length: int) -> None:
        """prefix_length: vectors of the prefix."""
        super().__init__()
        self.prefix_length = prefix_length

    def forward(self, prefix: Tensor) -> Tensor:
        """Return the prefix, float (batch, prefix length, width)."""
        return prefix


AnyMapper = CellMapper | MlpMapper | TransformerMapper | BundleMapper


def build_mapper(mapping: MapperSettings, channels: int, width: int, cells: int) -> AnyMapper:
    """Make the mapper that a recipe names, with random weights.

    Args:
        mapping: The recipe's settings.
        channels: Numbers of the embedding, or channels of the feature map.
        width: The decoder's.
        cells: Of the feature map; ignored for an embedding.
    """
    if isinstance(mapping, CellMapperSettings):
        return CellMapper(channels, width, cells)
    if isinstance(mapping, MlpMapperSettings):
        return MlpMapper(channels, width, mapping)
    if isinstance(mapping, BundleMapperSettings):
        return BundleMapper(mapping.prefix)
    return TransformerMapper(channels, width, mapping)


def _scaled(embedding: Tensor, unit_length: bool) -> Tensor:
    return nn.functional.normalize(embedding, dim=-1) if unit_length else embedding
