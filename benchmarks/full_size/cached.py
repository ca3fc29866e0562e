"""The published captioner in torch with what transformers have against reading everything again: a key-value
cache.

The same search. The prefix is read once; each step reads one token of every beam, after the cache has been
put into the order of the beams.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache, GPT2LMHeadModel

from benchmarks.full_size.published import Published
from benchmarks.full_size.search import Reader


class Cached:
    """A Reader that keeps keys and values."""

    def __init__(self, gpt2: GPT2LMHeadModel) -> None:
        """Begin with an empty cache.

        Args:
            gpt2: Reads.
        """
        self._gpt2 = gpt2
        self._cache = DynamicCache()

    def first(self, prefix: Tensor) -> Tensor:
        """Read the prefix: see Reader."""
        return self._read(inputs_embeds=prefix)

    def then(self, parents: Tensor, tokens: Tensor) -> Tensor:
        """Read a token of each beam: see Reader."""
        self._cache.reorder_cache(parents)  # type: ignore[arg-type]
        return self._read(input_ids=tokens[:, None])

    def _read(self, **inputs: Tensor) -> Tensor:
        read = self._gpt2(**inputs, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
        logits: Tensor = read.logits
        return logits[:, -1]


class PublishedWithCache(Published):
    """The published captioner with a cache."""

    def reader(self) -> Reader:
        """Make a reader for one search."""
        return Cached(self.gpt2)

    @torch.no_grad()
    def log_probs(self, prefix: np.ndarray, tokens: tuple[int, ...]) -> list[float]:
        """Compute the log-probability of each token after the prefix and the tokens before it, by reading all
        at once.

        Args:
            prefix: Float32 (prefix length, width).
            tokens: Of a caption.
        """
        targets = torch.tensor(tokens)
        vectors = torch.cat([torch.from_numpy(prefix), self.gpt2.transformer.wte(targets[:-1])])
        logits = self.gpt2(inputs_embeds=vectors[None]).logits[0, len(prefix) - 1 :]
        chosen: list[float] = logits.log_softmax(-1)[torch.arange(len(targets)), targets].tolist()
        return chosen
