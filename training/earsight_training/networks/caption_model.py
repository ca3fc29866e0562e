"""The captioner: what an encoder saw, mapped to the prefix of a GPT-2-style decoder.

Prefix captioning after ClipCap (Mokady et al., arXiv:2111.09734); the decoder is GPT-2 (Radford et al.,
2019), at any size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from earsight_training.networks.chunked_cross_entropy import chunked_cross_entropy
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.mapper import AnyMapper
from earsight_training.networks.packing import pack

PADDING = -100
"""Stands after the end token where captions of different lengths share a tensor."""


class CaptionModel(nn.Module):
    """Images to captions. Without an encoder (nn.Identity) its images are an encoder's embeddings."""

    def __init__(self, encoder: nn.Module, mapper: AnyMapper, decoder: DecoderNetwork) -> None:
        super().__init__()
        self.encoder, self.mapper, self.decoder = encoder, mapper, decoder

    def prefix(self, images: Tensor) -> Tensor:
        """images: what the encoder takes. Returns (batch, prefix length, width)."""
        prefix: Tensor = self.mapper(self.encoder(images))
        return prefix

    def loss(self, images: Tensor, tokens: Tensor, smoothing: float) -> Tensor:
        """Mean cross-entropy of the tokens of all captions.

        tokens: int64 (batch, captions, n), padded with PADDING after the end token; a row of nothing but
        PADDING stands for no caption. The prefix is read once for all captions of an image, and they are read
        as one row without gaps, in which none sees the others: no work is spent on padding.
        """
        return self.loss_of_prefix(self.prefix(images), tokens, smoothing)

    def loss_of_prefix(self, prefix: Tensor, tokens: Tensor, smoothing: float) -> Tensor:
        """As loss(), of what prefix() returned."""
        hidden, targets, _ = self._read(prefix, tokens)
        return chunked_cross_entropy(
            self.decoder.norm(hidden), self.decoder.tokens.weight, targets, smoothing
        )

    def log_probs(self, prefix: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The log-probability of each token, float32 (all tokens,), and the caption that it belongs to,
        int64, counted over the whole batch. prefix: what prefix() returned. tokens: as in loss()."""
        hidden, targets, captions = self._read(prefix, tokens)
        logs = self.decoder.logits(hidden).float().log_softmax(-1)
        return logs.gather(1, targets[:, None])[:, 0], captions

    def _read(self, prefix: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states (all tokens, width), the token that follows on each, and its caption."""
        first, past = self.decoder.read_prefix(prefix)
        packed = pack(tokens, past[0][0].shape[2], PADDING)
        firsts = tokens[:, :, 0].flatten()
        given = torch.nonzero(firsts != PADDING)[:, 0]
        hidden = torch.cat([first[given // tokens.shape[1]], self.decoder.read_packed(packed, past)])
        return (
            hidden,
            torch.cat([firsts[given], packed.following]),
            torch.cat([given, packed.captions]),
        )
