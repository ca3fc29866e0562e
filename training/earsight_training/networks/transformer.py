"""The transformer block of mappers and decoders."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KeysValues = tuple[Tensor, Tensor]
"""Keys and values of one block, each float (batch, heads, positions, width of a head)."""


class Block(nn.Module):
    """Pre-norm transformer block, after GPT-2 (Radford et al., 2019) and arXiv:1706.03762.

    Attributes:
        heads: Attention heads.
        activation: Of the feed-forward part.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        feed: int,
        *,
        activation: Literal["gelu", "relu"] = "gelu",
        attention_bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        """Make a block with random weights.

        Args:
            width: Numbers of a hidden state; a multiple of heads.
            heads: Attention heads.
            feed: Width between the two layers of the feed-forward part.
            activation: Of the feed-forward part.
            attention_bias: Whether queries, keys and values have biases; the attention's output always has
                one.
            dropout: Probability, 0 to 1.
        """
        super().__init__()
        self.heads, self.activation = heads, activation
        self.attention_norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width, bias=attention_bias)
        self.attention_output = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, feed)
        self.feed_out = nn.Linear(feed, width)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        past: KeysValues | None = None,
        mask: Tensor | None = None,
        causal: bool = False,
    ) -> tuple[Tensor, KeysValues]:
        """Run the block.

        Args:
            x: Float (batch, n, width).
            past: Keys and values of what comes before x.
            mask: Bool, True where a query may attend, broadcast to (batch, heads, n, past + n). None:
                everywhere.
            causal: Without a mask and a past, no query attends to later positions.

        Returns:
            Float (batch, n, width), and the keys and values, those of the past included.
        """
        seen, pair = self._attend(self.queries_keys_values(self.attention_norm(x)), past, mask, causal)
        return self._add_feed_forward(x, seen), pair

    def forward_packed(self, x: Tensor, past: KeysValues, places: Tensor, mask: Tensor) -> Tensor:
        """Run the block on packed tokens: what lies between them in the batch's rows costs attention alone.

        Args:
            x: Float (tokens, width).
            past: Keys and values of what comes before.
            places: int64 (tokens,), places in the batch's rows, flattened.
            mask: As for forward().

        Returns:
            Float (tokens, width).
        """
        packed = self.queries_keys_values(self.attention_norm(x))
        batch, _, count, _ = mask.shape
        rows = packed.new_zeros(batch * count, packed.shape[1]).index_copy(0, places, packed)
        seen, _ = self._attend(rows.view(batch, count, packed.shape[1]), past, mask, causal=False)
        return self._add_feed_forward(x, seen.flatten(0, 1)[places])

    def _attend(
        self, packed: Tensor, past: KeysValues | None, mask: Tensor | None, causal: bool
    ) -> tuple[Tensor, KeysValues]:
        """packed: queries, keys and values, (batch, n, 3 * width). Returns the attention's output, (batch, n,
        width)."""
        batch, count, tripled = packed.shape
        heads = packed.view(batch, count, 3, self.heads, tripled // 3 // self.heads).permute(2, 0, 3, 1, 4)
        queries, keys, values = heads.unbind(0)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        seen = _attention(queries, keys, values, mask, causal)
        return seen.transpose(1, 2).reshape(batch, count, tripled // 3), (keys, values)

    def _add_feed_forward(self, x: Tensor, seen: Tensor) -> Tensor:
        x = x + self.dropout(self.attention_output(seen))
        out: Tensor = x + self.dropout(self._feed_forward(self.feed_norm(x)))
        return out

    def keys_values(self, x: Tensor) -> KeysValues:
        """Compute keys and values where the block's output is not needed.

        Args:
            x: Float (batch, n, width).
        """
        batch, count, width = x.shape
        layer = self.queries_keys_values
        bias = None if layer.bias is None else layer.bias[width:]
        packed = F.linear(self.attention_norm(x), layer.weight[width:], bias)
        keys, values = packed.view(batch, count, 2, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        return keys, values

    def _feed_forward(self, x: Tensor) -> Tensor:
        inner = self.feed_in(x)
        inner = F.gelu(inner, approximate="tanh") if self.activation == "gelu" else F.relu(inner)
        out: Tensor = self.feed_out(inner)
        return out


def _attention(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """As F.scaled_dot_product_attention, which takes twice as long in training on a CPU."""
    if queries.is_cuda:
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, is_causal=causal)
    scores = queries * queries.shape[-1] ** -0.5 @ keys.transpose(-1, -2)
    if causal:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    seen: Tensor = scores.softmax(-1).to(values.dtype) @ values
    return seen
