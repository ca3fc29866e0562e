"""The decoder: GPT-2 (Radford et al., 2019) at any size, reading a prefix of vectors before its tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from earsight_training.networks.packing import Packed
from earsight_training.networks.transformer import Block, KeysValues


class DecoderNetwork(nn.Module):
    """Tokens with learned positions, pre-norm blocks, and output weights that are tied to the tokens'.

    Attributes:
        heads: Attention heads of each block.
        causal_prefix: Whether each vector of the prefix attends only to those before it, as in GPT-2;
            otherwise to all of them (a prefix language model, arXiv:1910.10683).
    """

    def __init__(
        self,
        vocabulary: int,
        positions: int,
        width: int,
        layers: int,
        heads: int,
        dropout: float = 0.0,
        *,
        causal_prefix: bool,
    ) -> None:
        """Make a decoder with random weights.

        Args:
            vocabulary: Number of tokens.
            positions: The longest sequence, prefix and caption together.
            width: Numbers of a hidden state; a multiple of heads.
            layers: Number of blocks.
            heads: Attention heads of each block.
            dropout: Probability, 0 to 1.
            causal_prefix: See the attribute.
        """
        super().__init__()
        self.heads, self.causal_prefix = heads, causal_prefix
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(positions, width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(width, heads, 4 * width, dropout=dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def logits(self, hidden: Tensor) -> Tensor:
        """Score the tokens that may come next.

        Args:
            hidden: Float (..., width), as the last block left it.

        Returns:
            Float (..., vocabulary).
        """
        scores: Tensor = self.norm(hidden) @ self.tokens.weight.T
        return scores

    def read_prefix(self, prefix: Tensor) -> tuple[Tensor, list[KeysValues]]:
        """Read the prefix.

        Args:
            prefix: Float (batch, prefix length, width).

        Returns:
            The hidden state of the last vector, (batch, width), from which the first token is predicted, and
            the keys
            and values of each block.
        """
        x = self.dropout(prefix + self.positions.weight[: prefix.shape[1]])
        cache = []
        last = self.blocks[-1]
        assert isinstance(last, Block)
        for block in self.blocks[:-1]:
            x, pair = block(x, causal=self.causal_prefix)
            cache.append(pair)
        # Nothing comes after the last block, so of all but the last vector it only has to remember.
        x, pair = last(x[:, -1:], last.keys_values(x[:, :-1]))
        return x[:, 0], [*cache, pair]

    def read_tokens(self, tokens: Tensor, past: list[KeysValues]) -> tuple[Tensor, list[KeysValues]]:
        """Read tokens after what has been read so far.

        Args:
            tokens: int64 (batch, n).
            past: Keys and values of each block.

        Returns:
            Hidden states, (batch, n, width), and the keys and values of each block, the new ones included.
        """
        start, count = past[0][0].shape[2], tokens.shape[1]
        mask = torch.ones(count, start + count, dtype=torch.bool, device=tokens.device).tril(start)
        x = self.dropout(self.tokens(tokens) + self.positions.weight[start : start + count])
        cache = []
        for block, pair in zip(self.blocks, past, strict=True):
            x, pair = block(x, pair, mask)
            cache.append(pair)
        return x, cache

    def read_packed(self, packed: Packed, past: list[KeysValues]) -> Tensor:
        """Read captions that are packed without padding.

        Args:
            packed: The captions of a batch.
            past: Keys and values of the prefix, of each block.

        Returns:
            Hidden states, (tokens, width).
        """
        x: Tensor = self.dropout(self.tokens(packed.tokens) + self.positions(packed.positions))
        for block, pair in zip(self.blocks, past, strict=True):
            assert isinstance(block, Block)
            x = block.forward_packed(x, pair, packed.places, packed.mask)
        return x
