"""The published beam search in torch, over whatever reads the tokens.

After the behaviour of the published code of ClipCap (Mokady et al., arXiv:2111.09734): candidates compete by
the mean log-probability of their tokens; a finished beam stays in the batch until all are finished.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from benchmarks.full_size.system import Found


class Reader(Protocol):
    """GPT-2 through one search."""

    def first(self, prefix: Tensor) -> Tensor:
        """Read the prefix.

        Args:
            prefix: Float (1, prefix length, width).

        Returns:
            Logits of the next token, (1, vocabulary).
        """
        ...

    def then(self, parents: Tensor, tokens: Tensor) -> Tensor:
        """Read a token of each beam.

        Args:
            parents: int64 (beams,), the row of the last step that a beam continues.
            tokens: int64 (beams,), its newest token.

        Returns:
            Logits of the next token, (beams, vocabulary).
        """
        ...


@torch.no_grad()
def beam_search(reader: Reader, prefix: Tensor, beams: int, tokens: int, stop: int) -> Found:
    """Search until every beam has the stop token, or that many tokens.

    The first step takes the likeliest tokens; each later one the best continuations of all beams, where a
    finished beam is its own only continuation: token 0 at no cost and of no length.

    Args:
        reader: New.
        prefix: Float (1, prefix length, width).
        beams: Width of the search.
        tokens: Of a caption at most.
        stop: Number of the token that ends a caption.
    """
    log_probs, newest = _log_probs(reader.first(prefix)).topk(beams)
    sums, texts = log_probs[0], newest.T
    lengths, finished = torch.ones(beams), texts[:, 0] == stop
    parents = torch.zeros(beams, dtype=torch.long)
    while texts.shape[1] < tokens and not finished.all():
        log_probs = _log_probs(reader.then(parents, texts[:, -1]))
        log_probs[finished] = -torch.inf
        log_probs[finished, 0] = 0
        lengths = lengths + ~finished
        means, flat = ((sums[:, None] + log_probs) / lengths[:, None]).flatten().topk(beams)
        parents, newest = flat // log_probs.shape[1], flat % log_probs.shape[1]
        texts = torch.cat([texts[parents], newest[:, None]], 1)
        lengths, finished = lengths[parents], finished[parents] | (newest == stop)
        sums = means * lengths
    scores = sums / lengths
    return [
        (tuple(texts[beam, : int(lengths[beam])].tolist()), float(scores[beam]))
        for beam in scores.argsort(descending=True).tolist()
    ]


def _log_probs(logits: Tensor) -> Tensor:
    return logits.softmax(-1).log()
