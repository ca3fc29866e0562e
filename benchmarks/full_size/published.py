"""The published captioner in torch, as the reference: CLIP, the mapper, and GPT-2 without a cache.

At every step the prefix and all tokens so far go through the whole of GPT-2, for every beam, and all
positions get logits though only the last are read, as in the published code of ClipCap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from benchmarks.full_size.mapper import Mapper
from benchmarks.full_size.search import Reader, beam_search
from benchmarks.full_size.sizes import STOP, Sizes
from benchmarks.full_size.system import Found, Stages
from earsight_training.networks.clip_encoders import clip_image_encoder, prepare


class Uncached:
    """A Reader that keeps the vectors of everything read, and reads all of them again."""

    def __init__(self, gpt2: GPT2LMHeadModel) -> None:
        """Begin with nothing read.

        Args:
            gpt2: Reads.
        """
        self._gpt2 = gpt2
        self._texts = torch.empty(0)

    def first(self, prefix: Tensor) -> Tensor:
        """Read the prefix: see Reader."""
        self._texts = prefix
        return self._logits()

    def then(self, parents: Tensor, tokens: Tensor) -> Tensor:
        """Read a token of each beam: see Reader."""
        newest = self._gpt2.transformer.wte(tokens)[:, None]
        self._texts = torch.cat([self._texts[parents], newest], 1)
        return self._logits()

    def _logits(self) -> Tensor:
        logits: Tensor = self._gpt2(inputs_embeds=self._texts).logits
        return logits[:, -1]


class Published:
    """The whole captioner, from the weights that weights.make() wrote.

    Attributes:
        gpt2: The language model.
        parameters: Numbers that are learned.
    """

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        """Load the weights.

        Args:
            folder: Of the weights.
            sizes: Of the networks.
        """
        self._sizes = sizes
        self._encoder = clip_image_encoder(torch.load(folder / "clip.pt"))
        weights: dict[str, Tensor] = torch.load(folder / "published.pt")
        self._mapper, self.gpt2 = Mapper(sizes).eval(), _gpt2(sizes)
        for module, prefix in ((self._mapper, "clip_project."), (self.gpt2, "gpt.")):
            state = {k.removeprefix(prefix): weights.pop(k) for k in [*weights] if k.startswith(prefix)}
            module.load_state_dict(state, assign=True)
        parts = (self._encoder, self._mapper, self.gpt2)
        self.parameters: int | None = sum(p.numel() for part in parts for p in part.parameters())

    @torch.no_grad()
    def caption(self, pixels: np.ndarray, stages: Stages) -> tuple[int, ...]:
        """Caption an image: see System."""
        with stages.stage("encode"):
            prepared = torch.from_numpy(prepare(Image.fromarray(pixels), self._encoder.side))
            embedding = self._encoder(prepared.permute(2, 0, 1)[None].float())
        with stages.stage("mapper"):
            prefix = self._mapper(embedding)
        with stages.stage("decode"):
            return self._search(prefix)[0][0]

    def search(self, prefix: np.ndarray) -> Found:
        """Search after a prefix, float32 (prefix length, width)."""
        return self._search(torch.from_numpy(prefix)[None])

    def _search(self, prefix: Tensor) -> Found:
        return beam_search(self.reader(), prefix, self._sizes.beams, self._sizes.tokens, STOP)

    def reader(self) -> Reader:
        """Make a reader for one search."""
        return Uncached(self.gpt2)


def _gpt2(sizes: Sizes) -> GPT2LMHeadModel:
    gpt2 = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=sizes.vocabulary,
            n_positions=sizes.positions,
            n_embd=sizes.width,
            n_layer=sizes.layers,
            n_head=sizes.heads,
        )
    )
    gpt2.train(False)
    return gpt2
