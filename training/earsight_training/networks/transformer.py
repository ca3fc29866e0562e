"""The block that mappers and decoders are built of."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KeysValues = tuple[Tensor, Tensor]
"""What one block remembers: each float (batch, heads, positions, width of a head)."""


class Block(nn.Module):
    """Pre-norm transformer block, after GPT-2 (Radford et al., 2019) and arXiv:1706.03762."""

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
        """feed: width between the two layers of the feed-forward part. attention_bias: of queries, keys
        and values; the attention's output always has one."""
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
        """x: (batch, n, width). mask: True where a query may look, broadcast to (batch, heads, n, past + n);
        None: everywhere, or, with causal and no past, not ahead. Returns x' shape, and keys and values."""
        seen, pair = self._attend(self.queries_keys_values(self.attention_norm(x)), past, mask, causal)
        return self._add_feed_forward(x, seen), pair

    def forward_packed(self, x: Tensor, past: KeysValues, places: Tensor, mask: Tensor) -> Tensor:
        """As forward(), for x, (tokens, width). places: int64 (tokens,), where each of them stands in the
        rows of the batch, one row after the other. What is between them costs attention alone."""
        packed = self.queries_keys_values(self.attention_norm(x))
        batch, _, count, _ = mask.shape
        rows = packed.new_zeros(batch * count, packed.shape[1]).index_copy(0, places, packed)
        seen, _ = self._attend(rows.view(batch, count, packed.shape[1]), past, mask, causal=False)
        return self._add_feed_forward(x, seen.flatten(0, 1)[places])

    def _attend(
        self, packed: Tensor, past: KeysValues | None, mask: Tensor | None, causal: bool
    ) -> tuple[Tensor, KeysValues]:
        """packed: queries, keys, values, (batch, n, 3 * width). Returns what is seen, (batch, n, width)."""
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
        """The keys and values of x, (batch, n, width), for where its output is not needed."""
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
    """Arguments as for F.scaled_dot_product_attention, which takes twice as long on a CPU in training."""
    if queries.is_cuda:
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, is_causal=causal)
    scores = queries * queries.shape[-1] ** -0.5 @ keys.transpose(-1, -2)
    if causal:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    seen: Tensor = scores.softmax(-1).to(values.dtype) @ values
    return seen
