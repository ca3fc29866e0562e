"""The captioner: an encoder's feature map as the prefix of a small GPT-2-style decoder.

Prefix captioning after ClipCap (Mokady et al., arXiv:2111.09734); pre-norm blocks with learned positions
and tied output weights after GPT-2 (Radford et al., 2019). The prefix cells see each other in both
directions (a prefix language model, arXiv:1910.10683); the text is causal.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from earsight_training.encoders import ConvEncoder
from earsight_training.recipe import DecoderSettings

PADDING = -100
"""Stands after the end token where captions of different lengths share a tensor."""

KeysValues = list[tuple[Tensor, Tensor]]
"""One pair a layer, each float (batch, heads, positions, width of a head)."""


class DecoderBlock(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attention_output = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, 4 * width)
        self.feed_out = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, past: tuple[Tensor, Tensor] | None, mask: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x: (batch, n, width). mask: (n, past + n), True where a query may look; None: everywhere."""
        batch, count, width = x.shape
        packed = self.queries_keys_values(self.attention_norm(x))
        heads = packed.view(batch, count, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        queries, keys, values = heads.unbind(0)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        seen = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(batch, count, width)
        x = x + self.dropout(self.attention_output(seen))
        fed = self.feed_out(F.gelu(self.feed_in(self.feed_norm(x)), approximate="tanh"))
        return x + self.dropout(fed), (keys, values)


class Decoder(nn.Module):
    def __init__(self, vocabulary: int, prefix: int, settings: DecoderSettings) -> None:
        super().__init__()
        self.prefix_length, self.heads = prefix, settings.heads
        self.tokens = nn.Embedding(vocabulary, settings.width)
        self.positions = nn.Embedding(prefix + settings.longest, settings.width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.blocks = nn.ModuleList(
            DecoderBlock(settings.width, settings.heads, settings.dropout) for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(settings.width)
        self.dropout = nn.Dropout(settings.dropout)

    def logits(self, hidden: Tensor) -> Tensor:
        scores: Tensor = self.norm(hidden) @ self.tokens.weight.T
        return scores

    def read_prefix(self, prefix: Tensor) -> tuple[Tensor, KeysValues]:
        """prefix: (batch, prefix length, width). Returns the logits of the first token and the cache."""
        hidden, cache = self.through_prefix(prefix)
        return self.logits(hidden), cache

    def through_prefix(self, prefix: Tensor) -> tuple[Tensor, KeysValues]:
        """Like read_prefix(), before the output weights: float (batch, width)."""
        x = self.dropout(prefix + self.positions.weight[: prefix.shape[1]])
        cache: KeysValues = []
        for block in self.blocks:
            x, pair = block(x, None, None)
            cache.append(pair)
        return x[:, -1], cache

    def read_tokens(self, tokens: Tensor, past: KeysValues) -> tuple[Tensor, KeysValues]:
        """tokens: (batch, n), which follow past. Returns logits (batch, n, vocabulary) and the cache."""
        hidden, cache = self.through_tokens(tokens, past)
        return self.logits(hidden), cache

    def through_tokens(self, tokens: Tensor, past: KeysValues) -> tuple[Tensor, KeysValues]:
        """Like read_tokens(), before the output weights: float (batch, n, width)."""
        start, count = past[0][0].shape[2], tokens.shape[1]
        x = self.dropout(self.tokens(tokens) + self.positions.weight[start : start + count])
        mask = torch.ones(count, start + count, dtype=torch.bool).tril(diagonal=start)
        cache: KeysValues = []
        for block, pair in zip(self.blocks, past, strict=True):
            x, pair = block(x, pair, mask)
            cache.append(pair)
        return x, cache


class CaptionModel(nn.Module):
    """Pixels to captions. The prefix is the map's cells, row by row, and one learned start vector."""

    def __init__(self, encoder: ConvEncoder, vocabulary: int, side: int, settings: DecoderSettings) -> None:
        super().__init__()
        self.side = side
        cells = (side // 32) ** 2
        self.encoder = encoder
        self.projection = nn.Linear(encoder.channels, settings.width)
        self.start = nn.Parameter(torch.randn(settings.width) * 0.02)
        self.decoder = Decoder(vocabulary, cells + 1, settings)

    def prefix(self, pixels: Tensor) -> Tensor:
        """pixels: float (batch, 3, side, side), 0..255. Returns (batch, cells + 1, width)."""
        cells = self.projection(self.encoder(pixels).flatten(2).transpose(1, 2))
        return torch.cat([cells, self.start.expand(len(cells), 1, -1)], 1)

    def logits(self, pixels: Tensor, tokens: Tensor) -> Tensor:
        """Logits of the tokens of known captions, padding left out: float (tokens, vocabulary).

        tokens: int64 (batch, captions, n), padded with -100 after the end token. The rows stand in the
        order of ``tokens[tokens != -100]``.
        """
        captions = tokens.shape[1]
        first, cache = self.decoder.through_prefix(self.prefix(pixels))
        cache = [(k.repeat_interleave(captions, 0), v.repeat_interleave(captions, 0)) for k, v in cache]
        rows = tokens.flatten(0, 1)
        following, _ = self.decoder.through_tokens(rows[:, :-1].clamp_min(0), cache)
        hidden = torch.cat([first.repeat_interleave(captions, 0)[:, None], following], 1)
        return self.decoder.logits(hidden[rows != PADDING]).float()

    def loss(self, pixels: Tensor, tokens: Tensor, smoothing: float) -> Tensor:
        """Mean cross-entropy of the tokens of all captions of a batch; tokens as for logits()."""
        targets = tokens[tokens != PADDING]
        return F.cross_entropy(self.logits(pixels, tokens), targets, label_smoothing=smoothing)
