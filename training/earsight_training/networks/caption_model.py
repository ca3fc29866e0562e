"""The caption model: what an encoder saw is mapped to a prefix that a GPT-2-style decoder continues.

Prefix captioning after ClipCap (Mokady et al., arXiv:2111.09734).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from earsight_training.networks.chunked_cross_entropy import chunked_cross_entropy
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.mapper import AnyMapper
from earsight_training.networks.packing import pack

PADDING = -100
"""Fills a caption's row after the end token, where captions of different lengths share a tensor."""


class CaptionModel(nn.Module):
    """Images to captions.

    Attributes:
        encoder: Images to a feature map or an embedding; nn.Identity where the images are embeddings already.
        mapper: What the encoder gives to the prefix.
        decoder: Reads the prefix, then tokens.
        starts: Whether the first token of each caption says its language: it is given, not predicted.
    """

    def __init__(
        self, encoder: nn.Module, mapper: AnyMapper, decoder: DecoderNetwork, *, starts: bool = False
    ) -> None:
        """Join the three parts."""
        super().__init__()
        self.encoder, self.mapper, self.decoder, self.starts = encoder, mapper, decoder, starts

    def prefix(self, images: Tensor) -> Tensor:
        """Compute the prefix.

        Args:
            images: What the encoder takes, (batch, ...).

        Returns:
            Float (batch, prefix length, width).
        """
        prefix: Tensor = self.mapper(self.encoder(images))
        return prefix

    def loss(self, images: Tensor, tokens: Tensor, smoothing: float) -> Tensor:
        """Compute the mean cross-entropy of the tokens of all captions.

        The prefix is read once for all captions of an image. These are read as one row without gaps, in which
        none attends to the others, so that no work is spent on padding.

        Args:
            images: What the encoder takes, (batch, ...).
            tokens: int64 (batch, captions, n), with PADDING after the end token; a row of PADDING alone is no
                caption.
            smoothing: Label smoothing, 0 to 1.

        Returns:
            A scalar, in nats.
        """
        return self.loss_of_prefix(self.prefix(images), tokens, smoothing)

    def loss_of_prefix(self, prefix: Tensor, tokens: Tensor, smoothing: float) -> Tensor:
        """Compute loss() from what prefix() returned."""
        hidden, targets, _ = self._read(prefix, tokens)
        return chunked_cross_entropy(
            self.decoder.norm(hidden), self.decoder.tokens.weight, targets, smoothing
        )

    def log_probs(self, prefix: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the log-probability of each token.

        Args:
            prefix: What prefix() returned.
            tokens: As in loss().

        Returns:
            The log-probabilities, float32 (all tokens,), and for each the caption that it belongs to, int64
            (all
            tokens,), counted over the whole batch.
        """
        hidden, targets, captions = self._read(prefix, tokens)
        logs = self.decoder.logits(hidden).float().log_softmax(-1)
        return logs.gather(1, targets[:, None])[:, 0], captions

    def _read(self, prefix: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return hidden states, (all tokens, width), the token that follows each, and its caption."""
        first, past = self.decoder.read_prefix(prefix)
        packed = pack(tokens, past[0][0].shape[2], PADDING)
        if self.starts:  # nothing is predicted from the prefix alone
            return self.decoder.read_packed(packed, past), packed.following, packed.captions
        firsts = tokens[:, :, 0].flatten()
        given = torch.nonzero(firsts != PADDING)[:, 0]
        hidden = torch.cat([first[given // tokens.shape[1]], self.decoder.read_packed(packed, past)])
        return (
            hidden,
            torch.cat([firsts[given], packed.following]),
            torch.cat([given, packed.captions]),
        )
