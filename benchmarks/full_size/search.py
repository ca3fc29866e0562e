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
    """GPT-2 through one search. Both methods return the logits of the next token, (beams, vocabulary)."""

    def first(self, prefix: Tensor) -> Tensor:
        """prefix: (1, prefix length, width)."""
        ...

    def then(self, parents: Tensor, tokens: Tensor) -> Tensor:
        """Each (beams,): the row of the last step that a beam goes on from, and its newest token."""
        ...


@torch.no_grad()
def beam_search(reader: Reader, prefix: Tensor, beams: int, tokens: int, stop: int) -> Found:
    """Until every beam has the stop token or this many tokens. prefix: (1, prefix length, width).

    The first step takes the likeliest tokens; each later one the best continuations of all beams, where a
    finished beam is its own only continuation: token 0 at no cost and of no length.
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
